/** Evidence images: whoever sends reports chooses their addresses. offair loads none of them, and the browser none but public ones. */
import { describe, expect, it } from "@jest/globals";
import { PAGE_POLICY } from "../../../cli/console/reply.ts";
import { MINUTE_MS } from "../../../lib/core/time.ts";
import { useConsole } from "./console-world.ts";

const PUBLIC = "93.184.215.14";
let addresses: readonly string[] = [PUBLIC];
const asked: string[] = [];
const world = useConsole(() => ({
  async lookup(hostname) {
    asked.push(hostname);
    if (addresses.length === 0) throw new Error("ENOTFOUND with details of the resolver");
    return addresses;
  },
}));

async function evidence(url: unknown) {
  return world.post("/api/evidence", { url }, await world.open());
}
async function frame(url: string) {
  addresses = [PUBLIC];
  const made = await evidence(url);
  expect(made).toMatchObject({ status: 200 });
  const headers = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" };
  return { path: String(made.json.path), shown: await world.send("GET", String(made.json.path), { headers }) };
}
const refused = { status: 400, json: { error: { kind: "invalid" } } };

describe("an image is refused that", () => {
  it.each([
    ["is not https", "http://example.com/a.png"],
    ["is a script", "javascript:alert(1)"],
    ["is data", "data:image/svg+xml,<svg onload=alert(1)>"],
    ["is a file", "file:///etc/passwd"],
    ["is no URL", "//example.com/a.png"],
    ["is empty", ""],
    ["has a user name", "https://bob@example.com/a.png"],
    ["has a password", "https://bob:secret@example.com/a.png"],
    ["looks like another host", "https://example.com:secret@10.0.0.1/a.png"],
    ["names a port", "https://example.com:8443/a.png"],
    ["is too long", `https://example.com/${"a".repeat(2_048)}`],
    ["has a wildcard for a host", "https://*.example.com/a.png"],
    ["has a policy in its host", "https://example.com;script-src/a.png"],
    ["has a second policy in its host", "https://example.com,script-src/a.png"],
    ["has quotes in its host", "https://'self'/a.png"],
  ])("%s", async (_, url) => {
    asked.length = 0;
    addresses = [PUBLIC];
    expect(await evidence(url)).toMatchObject(refused);
    expect(asked).toEqual([]);
  });

  it.each([[7], [null], [["https://example.com/a.png"]], [undefined]])("has no text for a URL: %j", async (url) => {
    expect(await evidence(url)).toMatchObject(refused);
  });

  it.each([
    ...["127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0", "0.0.0.0", "127.0.0.1.", "①②⑦.0.0.1"],
    ...["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1"],
    ...["192.0.0.8", "192.0.2.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
    ...[
      "[::1]",
      "[::]",
      "[::ffff:127.0.0.1]",
      "[::ffff:10.0.0.1]",
      "[::127.0.0.1]",
      "[64:ff9b::10.0.0.1]",
      "[fe80::1]",
    ],
    ...["[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[2002:7f00:1::]", "[2001::1]", "[2001:db8::1]", "[100::1]"],
  ])("names a host that is not public: %s", async (host) => {
    addresses = [PUBLIC];
    expect(await evidence(`https://${host}/a.png`)).toMatchObject(refused);
  });

  it.each([
    [["127.0.0.1"]],
    [["::1"]],
    [["::ffff:192.168.1.1"]],
    [["169.254.169.254"]],
    [[PUBLIC, "10.0.0.1"]],
    [["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "fe80::1%eth0"]],
    [["not an address"]],
  ])("has a name with an address that is not public: %j", async (found) => {
    addresses = found;
    expect(await evidence("https://images.example.com/a.png")).toMatchObject(refused);
  });

  it("has a name that does not exist, which is said without the resolver's words", async () => {
    addresses = [];
    const answer = await evidence("https://nothing.example.com/a.png");
    expect(answer).toMatchObject({ status: 500, json: { error: { kind: "failed" } } });
    expect(answer.text).not.toContain("resolver");
    expect(world.printed()).toBe("");
  });

  it("is asked for without a session", async () => {
    expect(await world.post("/api/evidence", { url: "https://example.com/a.png" })).toMatchObject({ status: 401 });
  });
});

it.each([
  "images.example.com",
  "example.com.",
  "a_b.example.com",
  "xn--fiqs8s.example",
  PUBLIC,
  "[2606:2800:21f::1]",
  "100.63.0.1",
])("an image of a public host is not refused: %s", async (host) => {
  addresses = [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"];
  expect(await evidence(`https://${host}/a.png`)).toMatchObject({ status: 200 });
  expect(await evidence(`https://${host}:443/a.png`)).toMatchObject({ status: 200 });
});

describe("the frame of an image", () => {
  it("has that image, without a referrer, and can do nothing else", async () => {
    const { path, shown } = await frame("https://Images.Example.com/frames/42.jpg?sig=a&x=1#part");
    expect(path).toMatch(/^\/once\/[\w-]{43}$/);
    expect(asked.at(-1)).toBe("images.example.com");
    expect(shown).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(shown.text.match(/<[^>]+>/g)).toEqual([
      ...["<!doctype html>", '<html lang="en">', "<title>", "</title>", "<style>", "</style>"],
      '<img referrerpolicy="no-referrer" alt="the image cannot be loaded" src="https://images.example.com/frames/42.jpg?sig=a&amp;x=1">',
    ]);
    expect(shown.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; img-src https:\/\/images\.example\.com\/frames\/42\.jpg; style-src 'sha256-[^ ;]+'; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'$/,
    );
    expect(shown.headers).toMatchObject({
      "referrer-policy": "no-referrer",
      "x-frame-options": "SAMEORIGIN",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
  });

  it.each([
    [
      "a directive",
      "https://example.com/a.png;script-src https://attacker.example",
      "/a.png%3Bscript-src%20https://attacker.example",
    ],
    ["a second policy", "https://example.com/a,b,default-src *", "/a%2Cb%2Cdefault-src%20%2A"],
    [
      "quotes and tags",
      `https://example.com/"><script>alert('1')</script>`,
      "/%22%3E%3Cscript%3Ealert(%271%27)%3C/script%3E",
    ],
    ["line breaks", "https://example.com/a\r\nset-cookie: x=y\r\n\r\n<b>", "/aset-cookie:%20x=y%3Cb%3E"],
    ["encoded line breaks", "https://example.com/a%0d%0aset-cookie:%20x", "/a%0d%0aset-cookie:%20x"],
    ["a broken escape", "https://example.com/100%/%zz%4", "/100%25/%25zz%254"],
    ["other letters", "https://example.com/图片/é.png", "/%E5%9B%BE%E7%89%87/%C3%A9.png"],
    ["brackets and bars", "https://example.com/[a]|b^c`d{e}\\f", "/%5Ba%5D%7Cb%5Ec%60d%7Be%7D/f"],
    ["nothing", "https://example.com", "/"],
  ])("permits exactly its address, whatever that contains: %s", async (_, url, path) => {
    const { shown } = await frame(url);
    expect(shown.status).toBe(200);
    const policy = String(shown.headers["content-security-policy"]);
    expect(policy).toContain(`; img-src https://example.com${path}; style-src `);
    expect(policy.split(/[;,]/).map((part) => part.trim().split(" ")[0])).toEqual([
      ...["default-src", "img-src", "style-src", "sandbox", "frame-ancestors", "base-uri", "form-action"],
    ]);
    expect(shown.headers["set-cookie"]).toBeUndefined();
    expect(shown.text.match(/<\/?script|<b>/g)).toBeNull();
    const [, source = ""] = /src="([^"]*)">$/.exec(shown.text) ?? [];
    expect(new URL(source.replaceAll("&#39;", "'").replaceAll("&amp;", "&")).href).toBe(new URL(url).href);
  });

  it("has the only policy that permits an image: the page's own permits none from elsewhere", () => {
    expect(PAGE_POLICY).not.toContain("img-src");
    expect(PAGE_POLICY).toMatch(/^default-src 'none'; /);
  });
});

describe("a path that is for one time", () => {
  it("works once", async () => {
    const { path, shown } = await frame("https://example.com/a.png");
    expect(shown.status).toBe(200);
    expect(await world.send("GET", path)).toMatchObject({ status: 404 });
  });

  it("works for a minute", async () => {
    const start = new Date("2026-03-14T09:00:00.000Z");
    world.setNow(start);
    addresses = [PUBLIC];
    const path = String((await evidence("https://example.com/a.png")).json.path);
    world.setNow(new Date(start.getTime() + MINUTE_MS));
    expect(await world.send("GET", path)).toMatchObject({ status: 404 });
  });

  it("is not used up, and not opened, by another site, another method or another path", async () => {
    addresses = [PUBLIC];
    const path = String((await evidence("https://example.com/a.png")).json.path);
    const cross = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    expect(await world.send("GET", path, { headers: cross })).toMatchObject({ status: 403 });
    expect(await world.send("GET", path, { headers: { host: "attacker.example" } })).toMatchObject({ status: 403 });
    expect(await world.post(path, {})).toMatchObject({ status: 404 });
    expect(await world.send("HEAD", path)).toMatchObject({ status: 405 });
    expect(await world.send("GET", `${path}x`)).toMatchObject({ status: 404 });
    expect(await world.send("GET", path)).toMatchObject({ status: 200 });
  });

  it("is kept for a hundred at most: the oldest go first", async () => {
    addresses = [PUBLIC];
    const token = await world.open();
    const body = { url: "https://example.com/a.png" };
    const paths: string[] = [];
    for (let count = 0; count < 101; count += 1)
      paths.push(String((await world.post("/api/evidence", body, token)).json.path));
    expect(await world.send("GET", paths[0] ?? "")).toMatchObject({ status: 404 });
    expect(await world.send("GET", paths[1] ?? "")).toMatchObject({ status: 200 });
    expect(await world.send("GET", paths[100] ?? "")).toMatchObject({ status: 200 });
  });
});
