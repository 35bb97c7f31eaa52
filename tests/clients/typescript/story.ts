// One day of a web client, with the types that openapi-typescript makes: join, publish, read, answer, fail, renew.
// Run with the address of a server, the folder of its e-mails and a picture.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import createClient from "openapi-fetch";
import type { components, paths } from "./heart-to-heart.js";

type TokenPair = components["schemas"]["TokenPair"];
type Problem = components["schemas"]["Problem"];

const [url, mail, picture] = process.argv.slice(2) as [string, string, string];
const anonymous = createClient<paths>({ baseUrl: url });
const clientOf = (pair: TokenPair) =>
  createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${pair.access}` } });

/** The data of an answer, which is no problem. */
function good<Data>(answer: { data?: Data; error?: Problem }): Data {
  assert.equal(answer.error, undefined);
  assert.ok(answer.data !== undefined);
  return answer.data;
}

/** The problem, which is what the answer should be. */
function refused(answer: { error?: Problem }): Problem {
  assert.ok(answer.error);
  return answer.error;
}

/** The code, from the e-mail. */
async function codeFor(email: string): Promise<string> {
  for (let turn = 0; turn < 300; turn++) {
    for (const name of await readdir(mail).catch(() => [])) {
      const found = name.includes(email) && /^    (\w{8})$/m.exec(await readFile(join(mail, name), "utf8"));
      if (found && found[1]) return found[1];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("no e-mail came");
}

async function joined(): Promise<TokenPair> {
  const email = `${crypto.randomUUID()}@heart.example`;
  await anonymous.POST("/api/v1/verification-codes", { body: { email } });
  const code = await codeFor(email);
  const { proof } = good(await anonymous.POST("/api/v1/verification-codes/confirm", { body: { email, code } }));
  const { terms_version } = good(await anonymous.GET("/api/v1/config"));
  const body = { proof, password: "three small words", name: "New Comer", nickname: "Web", terms_version, device: "" };
  return good(await anonymous.POST("/api/v1/members", { body }));
}

const pair = await joined();
const client = clientOf(pair);

const form = new FormData();
form.append("image", new Blob([await readFile(picture)], { type: "image/jpeg" }), "photo.jpg");
form.append("alt", "바다");
const sent = { body: { image: "", alt: "" }, bodySerializer: () => form };
const image = good(await client.POST("/api/v1/images", sent));
assert.equal(image.alt, "바다");
const post = good(await client.POST("/api/v1/posts", { body: { text: "#First.", image_ids: [image.id] } }));
assert.equal(post.author.avatar, null);

const ids: string[] = [];
let cursor: string | null = null;
do {
  const query: { limit: number; cursor?: string } = cursor === null ? { limit: 4 } : { limit: 4, cursor };
  const page: components["schemas"]["PostPage"] = good(await client.GET("/api/v1/posts", { params: { query } }));
  ids.push(...page.results.map((each) => each.id));
  cursor = page.next;
} while (cursor !== null);
assert.equal(ids[0], post.id);
assert.ok(ids.length > 8 && new Set(ids).size === ids.length);

const path = { post_id: post.id };
assert.equal((await client.PUT("/api/v1/hearts/{post_id}", { params: { path } })).response.status, 204);
assert.equal((await client.PUT("/api/v1/saved/{post_id}", { params: { path } })).response.status, 204);
const comment = good(await client.POST("/api/v1/posts/{post_id}/comments", { params: { path }, body: { text: "Oh!" } }));
const said = { text: "Indeed.", reply_to: comment.id };
const reply = good(await client.POST("/api/v1/posts/{post_id}/comments", { params: { path }, body: said }));
const replies = { params: { path: { comment_id: comment.id } } };
assert.deepEqual(good(await client.GET("/api/v1/comments/{comment_id}/replies", replies)).results.map((each) => each.id), [reply.id]);
const seen = good(await client.GET("/api/v1/posts/{post_id}", { params: { path } }));
assert.deepEqual([seen.counts, seen.viewer.hearted, seen.viewer.saved], [{ hearts: 1, comments: 2 }, true, true]);
const tagged = good(await client.GET("/api/v1/posts", { params: { query: { tag: "first" } } }));
assert.equal(tagged.results[0]?.id, post.id);
assert.ok(good(await client.PUT("/api/v1/posts/{post_id}/share", { params: { path } })).url.includes("/p/"));
assert.deepEqual(good(await client.GET("/api/v1/notifications")).results, []);
assert.deepEqual(good(await client.GET("/api/v1/notifications/unread")), { count: 0, more: false });

const problem = refused(await client.GET("/api/v1/posts", { params: { query: { limit: 0 } } }));
assert.deepEqual([problem.code, problem.status, problem.errors?.map((each) => each.field)], ["invalid", 400, ["limit"]]);

const renewed = good(await anonymous.POST("/api/v1/sessions/refresh", { body: { refresh: pair.refresh } }));
assert.equal(good(await clientOf(renewed).GET("/api/v1/me")).id, pair.member_id);
