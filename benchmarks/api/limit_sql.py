"""The statements of the limit, one a request: first the page by an index, then what belongs to its posts.

Images come as text, one after the other, which costs less than rows or JSON; no text of a member has the separators,
which are control characters.
"""

COLUMN_END, ROW_END = "\x1f", "\x1e"

# As MemberQuerySet.visibility_condition and PostQuerySet.visible_to.
_VISIBLE = b"""
    post.removed_at IS NULL AND author.withdrawn_at IS NULL
    AND (author.suspended_until IS NULL OR author.suspended_until <= statement_timestamp())
    AND (author.unsaid_until IS NULL OR post.created_at > author.unsaid_until)
    AND post.author_id NOT IN (SELECT blocked_id FROM accounts_block WHERE blocker_id = %(viewer)s)
    AND post.author_id NOT IN (SELECT blocker_id FROM accounts_block WHERE blocked_id = %(viewer)s)
"""
_UNMUTED = b" AND post.author_id NOT IN (SELECT muted_id FROM accounts_mute WHERE muter_id = %(viewer)s)"
_COLUMNS = b"""post.id, post.created_at, post.edited_at, post.text, post.comments_closed, post.image_count,
    post.has_mentions, post.author_id, author.nickname"""
_IMAGE = b"""concat_ws(E'\\x1f', image.id, image.width, image.height, image.blurhash, image.alt, image.key,
    image.variants_at IS NOT NULL)"""


def _with_images(page: bytes) -> bytes:
    return b"""
        WITH page AS (%b)
        SELECT page.id, page.created_at, page.edited_at, page.text, page.comments_closed,
            page.author_id, page.nickname, coalesce(counts.hearts, 0), coalesce(counts.comments, 0),
            (SELECT id FROM posts_heart WHERE post_id = page.id AND owner_id = %%(viewer)s LIMIT 1) IS NOT NULL,
            (SELECT id FROM posts_savedpost WHERE post_id = page.id AND owner_id = %%(viewer)s LIMIT 1) IS NOT NULL,
            EXISTS (SELECT FROM accounts_mute WHERE muter_id = %%(viewer)s AND muted_id = page.author_id),
            EXISTS (SELECT FROM accounts_follow WHERE follower_id = %%(viewer)s AND followed_id = page.author_id),
            EXISTS (SELECT FROM accounts_follow WHERE follower_id = page.author_id AND followed_id = %%(viewer)s),
            CASE WHEN image.id IS NOT NULL THEN %b END,
            CASE WHEN page.image_count > 0 THEN (
                SELECT string_agg(%b, E'\\x1e' ORDER BY place.position)
                FROM posts_postimage place JOIN media_image image ON image.id = place.image_id
                WHERE place.post_id = page.id
            ) END,
            CASE WHEN page.has_mentions THEN (
                SELECT string_agg(concat_ws(E'\\x1f', member.id, member.nickname), E'\\x1e' ORDER BY mention.position)
                FROM posts_postmention mention JOIN accounts_member member ON member.id = mention.member_id
                WHERE mention.post_id = page.id AND member.withdrawn_at IS NULL
                AND (member.suspended_until IS NULL OR member.suspended_until <= statement_timestamp())
                AND member.id NOT IN (SELECT blocked_id FROM accounts_block WHERE blocker_id = %%(viewer)s)
                AND member.id NOT IN (SELECT blocker_id FROM accounts_block WHERE blocked_id = %%(viewer)s)
            ) END
        FROM page
            LEFT JOIN posts_postcounts counts ON counts.post_id = page.id
            LEFT JOIN accounts_avatar avatar ON avatar.member_id = page.author_id
            LEFT JOIN media_image image ON image.id = avatar.image_id
        ORDER BY page.created_at DESC, page.id DESC
    """ % (page, _IMAGE, _IMAGE)


def _feed(condition: bytes, posts: bytes = b"posts_post post") -> bytes:
    return _with_images(
        b"""
        SELECT %b FROM %b JOIN accounts_member author ON author.id = post.author_id
        WHERE %b AND %b ORDER BY post.created_at DESC, post.id DESC LIMIT 21
        """
        % (_COLUMNS, posts, _VISIBLE, condition)
    )


# In all feeds, also on page 1. Without it PostgreSQL, which plans for an average author, reads and sorts all posts of
# one who has thousands.
_AFTER = b"(post.created_at, post.id) < (%(timestamp)s, %(row)s)"
# The newest of each followed member, and of these the newest.
_NEWEST_OF_FOLLOWED = b"""
    accounts_follow follow CROSS JOIN LATERAL (
        SELECT * FROM posts_post post
        WHERE post.author_id = follow.followed_id AND post.removed_at IS NULL AND %b
        ORDER BY post.created_at DESC, post.id DESC LIMIT 21
    ) post
""" % (_AFTER,)

FEED = _feed(_AFTER + _UNMUTED)
AUTHOR = _feed(b"post.author_id = %(author)s AND " + _AFTER)
FOLLOWING = _feed(b"follow.follower_id = %(viewer)s" + _UNMUTED, _NEWEST_OF_FOLLOWED)
POST = _feed(b"post.id = %(post)s")
PUBLISH = _with_images(
    b"""
    INSERT INTO posts_post AS post (id, author_id, text, image_count, created_at)
    SELECT %(id)s, author.id, %(text)s, 0, statement_timestamp() FROM accounts_member author
    WHERE author.id = %(viewer)s AND author.withdrawn_at IS NULL
    RETURNING post.id, post.created_at, post.edited_at, post.text, post.comments_closed, post.image_count,
        post.has_mentions, post.author_id, (SELECT nickname FROM accounts_member WHERE id = post.author_id) AS nickname
    """
)
PASSWORD = b"SELECT id, password FROM accounts_member WHERE email = %(email)s"
