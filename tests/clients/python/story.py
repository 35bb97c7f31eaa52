"""One day of a phone, with the client that openapi-python-client makes: join, publish, read, fail, renew, leave.

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
from heart_to_heart.api.config import get_client_config
from heart_to_heart.api.images import upload_image
from heart_to_heart.api.me import get_my_profile, set_avatar
from heart_to_heart.api.members import sign_up
from heart_to_heart.api.posts import create_post, list_posts
from heart_to_heart.api.sessions import log_out, refresh_tokens
from heart_to_heart.api.verification_codes import confirm_verification_code, request_verification_code
from heart_to_heart.models import (
    AvatarUpdateRequest,
    ClientConfig,
    Image,
    ImageUploadRequest,
    NewLogin,
    OwnProfile,
    Post,
    PostCreateRequest,
    PostPage,
    PostUploadRequest,
    Problem,
    RefreshRequest,
    SignUpRequest,
    TicketConfirmationRequest,
    TokenPair,
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
    draft = PostCreateRequest(text="First.", image_ids=[send(client, picture).id])
    upload = PostUploadRequest(
        text="Second.", images=[File(BytesIO(picture), "photo.jpg", "image/jpeg")], alts=["a lake"]
    )
    posts: list[Post] = [good(create_post.sync(client=client, body=body)) for body in (draft, upload)]
    assert [post.images[0].alt for post in posts] == ["바다", "a lake"]
    assert posts[0].author.avatar is None
    return posts


def walk(client: AuthenticatedClient) -> list[str]:
    """The ids of the whole feed, by pages of four."""
    ids: list[str] = []
    cursor: str | Unset = UNSET
    while True:
        page: PostPage = good(list_posts.sync(client=client, limit=4, cursor=cursor))
        ids += [post.id for post in page.results]
        if page.next_ is None:
            return ids
        cursor = page.next_


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
        ids = walk(client)
        assert ids[:2] == [post.id for post in reversed(posts)]
        assert len(ids) == len(set(ids)) > 8
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
