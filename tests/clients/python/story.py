"""One day of a phone, with the client that openapi-python-client makes: join, publish, answer, fail, renew, leave.

Run with the address of a server, the folder of its e-mails and a picture. Each answer is of the type that the
description gives it, a problem too; mypy reads this file together with the client.
"""

import re
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from heart_to_heart import AuthenticatedClient, Client
from heart_to_heart.api.comments import get_comment, list_replies
from heart_to_heart.api.config import get_client_config
from heart_to_heart.api.hearts import give_heart
from heart_to_heart.api.images import upload_image
from heart_to_heart.api.me import get_my_profile, set_avatar
from heart_to_heart.api.members import sign_up
from heart_to_heart.api.mutes import mute_member
from heart_to_heart.api.notifications import (
    count_unread_notifications,
    list_notifications,
    update_notification_settings,
)
from heart_to_heart.api.posts import create_comment, create_post, get_post, list_comments, list_posts, share_post
from heart_to_heart.api.push_subscription import replace_push_subscription
from heart_to_heart.api.push_subscriptions import list_push_subscriptions
from heart_to_heart.api.saved import list_saved_posts, save_post
from heart_to_heart.api.sessions import log_out, refresh_tokens
from heart_to_heart.api.verification_codes import confirm_verification_code, request_verification_code
from heart_to_heart.models import (
    AvatarUpdateRequest,
    ClientConfig,
    Comment,
    CommentCreateRequest,
    CommentPage,
    Image,
    ImageUploadRequest,
    NewLogin,
    NotificationPage,
    NotificationSettings,
    NotificationSettingsRequest,
    OwnProfile,
    Post,
    PostCreateRequest,
    PostPage,
    PostShare,
    PostUploadRequest,
    Problem,
    PushAddressKind,
    PushDeviceList,
    PushSubscriptionRequest,
    RefreshRequest,
    SignUpRequest,
    TicketConfirmationRequest,
    TokenPair,
    UnseenCount,
    VerificationCodeRequest,
    VerificationProof,
)
from heart_to_heart.types import UNSET, File, Unset

Answer = TypeVar("Answer")


def good(answer: Answer | Problem | None) -> Answer:
    """The answer, which is no problem."""
    assert answer is not None
    assert not isinstance(answer, Problem), answer
    return answer


def refused(answer: object) -> Problem:
    """The problem, which is what the answer should be."""
    assert isinstance(answer, Problem), answer
    return answer


def logged_in(url: str, pair: NewLogin | TokenPair) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=url, token=pair.access, raise_on_unexpected_status=True)


def code_for(email: str, mail: Path) -> str:
    """The code, from the e-mail."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for message in mail.glob(f"*{email}*"):
            if found := re.search(r"^    (\w{8})$", message.read_text(), re.MULTILINE):
                return found[1]
        time.sleep(0.1)
    raise AssertionError("no e-mail came")


def join(client: Client, mail: Path) -> NewLogin:
    """From an address to a signed-in device."""
    email = f"{uuid4().hex}@heart.example"
    response = request_verification_code.sync_detailed(client=client, body=VerificationCodeRequest(email=email))
    assert response.status_code == 202
    code = code_for(email, mail)
    guess, typed = (TicketConfirmationRequest(email=email, code=text) for text in ("not it", code))
    wrong = confirm_verification_code.sync(client=client, body=guess)
    assert refused(wrong).code == "code_incorrect"
    proof: VerificationProof = good(confirm_verification_code.sync(client=client, body=typed))
    terms: ClientConfig = good(get_client_config.sync(client=client))
    newcomer = SignUpRequest(
        proof=proof.proof,
        password="three small words",
        name="New Comer",
        nickname="Newcomer",
        terms_version=terms.terms_version,
    )
    return good(sign_up.sync(client=client, body=newcomer))


def send(client: AuthenticatedClient, picture: bytes) -> Image:
    """A picture that nothing shows yet."""
    sent = ImageUploadRequest(image=File(BytesIO(picture), "photo.jpg", "image/jpeg"), alt="바다")
    image: Image = good(upload_image.sync(client=client, body=sent))
    assert image.alt == "바다"
    assert image.blurhash is None or isinstance(image.blurhash, str)
    return image


def publish(client: AuthenticatedClient, picture: bytes) -> list[Post]:
    """Two posts with a picture each: one uploaded before, one sent along."""
    draft = PostCreateRequest(text="#First.", image_ids=[send(client, picture).id])
    upload = PostUploadRequest(
        text="Second.", images=[File(BytesIO(picture), "photo.jpg", "image/jpeg")], alts=["a lake"]
    )
    posts: list[Post] = [good(create_post.sync(client=client, body=body)) for body in (draft, upload)]
    assert [post.images[0].alt for post in posts] == ["바다", "a lake"]
    assert posts[0].author.avatar is None
    return posts


def walk(client: AuthenticatedClient) -> list[Post]:
    """The whole feed, by pages of four."""
    posts: list[Post] = []
    cursor: str | Unset = UNSET
    while True:
        page: PostPage = good(list_posts.sync(client=client, limit=4, cursor=cursor))
        posts += page.results
        if page.next_ is None:
            return posts
        cursor = page.next_


def answer(client: AuthenticatedClient, post: Post, stranger: str) -> None:
    """A heart, a comment with a reply, a tag, a link, and what is saved and muted."""
    done = [
        give_heart.sync_detailed(client=client, post_id=post.id),
        save_post.sync_detailed(client=client, post_id=post.id),
    ]
    comment: Comment = good(create_comment.sync(client=client, post_id=post.id, body=CommentCreateRequest(text="Oh!")))
    said = CommentCreateRequest(text="Indeed.", reply_to=comment.id)
    reply: Comment = good(create_comment.sync(client=client, post_id=post.id, body=said))
    comments: CommentPage = good(list_comments.sync(client=client, post_id=post.id))
    replies: CommentPage = good(list_replies.sync(client=client, comment_id=comment.id))
    found: Comment = good(get_comment.sync(client=client, comment_id=reply.id))
    assert ([each.id for each in comments.results], [each.id for each in replies.results]) == ([comment.id], [reply.id])
    assert found.reply_to == comment.id
    seen: Post = good(get_post.sync(client=client, post_id=post.id))
    assert (seen.counts.hearts, seen.counts.comments, seen.viewer.hearted, seen.viewer.saved) == (1, 2, True, True)
    tagged: PostPage = good(list_posts.sync(client=client, tag="First"))
    saved: PostPage = good(list_saved_posts.sync(client=client))
    assert [tagged.results[0].id, *(each.id for each in saved.results)] == [post.id, post.id]
    link: PostShare = good(share_post.sync(client=client, post_id=post.id))
    assert "/p/" in link.url
    done.append(mute_member.sync_detailed(client=client, member_id=stranger))
    assert [each.status_code for each in done] == [204, 204, 204]


def be_told(client: AuthenticatedClient) -> None:
    """Notifications, of which there are none yet, and where push messages go."""
    notifications: NotificationPage = good(list_notifications.sync(client=client))
    unseen: UnseenCount = good(count_unread_notifications.sync(client=client))
    assert (notifications.results, unseen.count, unseen.more) == ([], 0, False)
    no_hearts = NotificationSettingsRequest(heart=False)
    wanted: NotificationSettings = good(update_notification_settings.sync(client=client, body=no_hearts))
    assert (wanted.heart, wanted.comment) == (False, True)
    phone = PushSubscriptionRequest(kind=PushAddressKind.TOKEN, address=uuid4().hex, previews=False)
    assert replace_push_subscription.sync_detailed(client=client, body=phone).status_code == 204
    devices: PushDeviceList = good(list_push_subscriptions.sync(client=client))
    assert [(each.is_current, each.previews) for each in devices.results] == [(True, False)]


def fail(client: AuthenticatedClient) -> None:
    """A refusal says by its code what is wrong, and where."""
    assert refused(create_post.sync(client=client, body=PostCreateRequest())).code == "post_empty"
    problem = refused(list_posts.sync(client=client, limit=0))
    assert (problem.code, problem.status, isinstance(problem.request_id, str)) == ("invalid", 400, True)
    assert not isinstance(problem.errors, Unset)
    assert [fault.field for fault in problem.errors] == ["limit"]


def main(url: str, mail: str, picture: str) -> None:
    """The whole day."""
    anonymous = Client(base_url=url, raise_on_unexpected_status=True)
    pair = join(anonymous, Path(mail))
    photo = Path(picture).read_bytes()
    with logged_in(url, pair) as client:
        posts = publish(client, photo)
        feed = walk(client)
        ids = [post.id for post in feed]
        assert ids[:2] == [post.id for post in reversed(posts)]
        assert len(ids) == len(set(ids)) > 8
        answer(client, posts[0], feed[-1].author.id)
        be_told(client)
        fail(client)
        avatar = AvatarUpdateRequest(image_id=send(client, photo).id)
        me: OwnProfile = good(set_avatar.sync(client=client, body=avatar))
        assert me.avatar is not None
        assert me.avatar.urls.thumb.startswith(url)
    renewed: TokenPair = good(refresh_tokens.sync(client=anonymous, body=RefreshRequest(refresh=pair.refresh)))
    with logged_in(url, renewed) as client:
        profile: OwnProfile = good(get_my_profile.sync(client=client))
        assert (profile.id, profile.counts.posts) == (pair.member_id, 2)
        assert log_out.sync_detailed(client=client).status_code == 204
        assert refused(get_my_profile.sync(client=client)).code == "session_ended"


if __name__ == "__main__":
    main(*sys.argv[1:])
