/** A page of somebody else in the operator's browser: on another port of 127.0.0.1, or by a name that points there. */
import { once } from "node:events";
import { createServer } from "node:http";

export interface Attacker {
  /** Of the same site as the console: a port makes no site of its own. */
  readonly sameSite: string;
  /** By a name of somebody else. The browser needs HOST_RULES. */
  readonly otherSite: string;
  /** Requests that came in, with the headers that tell where from. */
  readonly received: readonly { readonly path: string; readonly referer: string | undefined }[];
  close(): Promise<void>;
}

export const HOST_RULES = "--host-resolver-rules=MAP *.example 127.0.0.1";

export async function startAttacker(): Promise<Attacker> {
  const received: { path: string; referer: string | undefined }[] = [];
  const server = createServer((request, response) => {
    received.push({ path: request.url ?? "", referer: request.headers.referer });
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>win a phone</title><p>hello");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    sameSite: `http://127.0.0.1:${port}`,
    otherSite: `http://attacker.example:${port}`,
    received,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What the page tries, as an expression whose value is a text: `done: …` if it got through. */
export const fetchFrom = (url: string, init: object): string =>
  `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then(async (r) => r.ok ? "done: " + (await r.text()).slice(0, 99) : "refused: " + r.type + " " + r.status, (e) => "failed: " + e.message)`;

/** A form needs no permission of the other side. `enctype` text/plain writes NAME=VALUE, which is JSON if one chooses the name well. */
export const submitForm = (url: string, json: string): string => {
  const [name, value] = [json.slice(0, -1).concat(',"x":"'), '"}'];
  return `new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.name = "target";
    document.body.append(frame);
    const form = Object.assign(document.createElement("form"), { method: "post", action: ${JSON.stringify(url)}, enctype: "text/plain", target: "target" });
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: ${JSON.stringify(name)}, value: ${JSON.stringify(value)} }));
    document.body.append(form);
    frame.onload = () => resolve("sent");
    form.submit();
  })`;
};

export const openSocket = (url: string): string =>
  `new Promise((resolve) => { const s = new WebSocket(${JSON.stringify(url)}); s.onopen = () => resolve("done: open"); s.onerror = () => resolve("failed"); })`;

export const openEvents = (url: string): string =>
  `new Promise((resolve) => { const s = new EventSource(${JSON.stringify(url)}); s.onopen = () => resolve("done: open"); s.onerror = () => { s.close(); resolve("failed"); }; })`;

export const loadScript = (url: string): string =>
  `new Promise((resolve) => { const s = document.createElement("script"); s.type = "module"; s.src = ${JSON.stringify(url)}; s.onload = () => resolve("done: ran"); s.onerror = () => resolve("failed"); document.head.append(s); })`;

export const loadClassicScript = (url: string): string => loadScript(url).replace('s.type = "module";', "");

/** What a frame of this address shows. */
export const showFrame = (url: string): string =>
  `new Promise((resolve) => { const f = document.createElement("iframe"); f.src = ${JSON.stringify(url)}; f.onload = () => resolve("loaded"); document.body.append(f); })`;
