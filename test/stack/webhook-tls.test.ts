/** The certificate of a receiver, over real TLS with certificates that openssl makes. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createPostEvent } from "../../lib/webhooks/post-event.ts";
import { type Authority, createAuthority } from "../webhooks/certificates.ts";

const post = createPostEvent({
  resolve: async () => [{ address: "127.0.0.1", family: 4 }],
  allowLoopback: true,
  now: () => new Date(),
});
const send = (url: string) => post({ url, headers: {}, body: "{}", timeoutMs: 5_000 });
const failed = (problem: string | RegExp) => ({
  result: "failed",
  problem: typeof problem === "string" ? problem : expect.stringMatching(problem),
  reached: false,
});

describe("TLS", () => {
  let authority: Authority;
  const known = getCACertificates("default");
  beforeAll(() => {
    authority = createAuthority();
    setDefaultCACertificates([...known, authority.ca]);
  });
  afterAll(() => {
    setDefaultCACertificates(known);
    authority?.remove();
  });
  const names: (string | undefined | false)[] = [];
  async function withCertificate(certificate: { key: string; cert: string }, host = "hooks.example.com") {
    names.length = 0;
    const server = createServer(certificate, (incoming, response) => {
      names.push((incoming.socket as unknown as { servername?: string | false }).servername);
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      return await send(`https://${host}:${(server.address() as AddressInfo).port}/`);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  it("is verified with the host's name, although the connection goes to an address", async () => {
    expect(await withCertificate(authority.issue("DNS:hooks.example.com"))).toMatchObject({ result: "delivered" });
    expect(names).toEqual(["hooks.example.com"]);
    expect(await withCertificate(authority.issue("DNS:hooks.example.com"), "hooks.example.com.")).toMatchObject({
      result: "delivered",
    });
  });

  it("is verified with the address, where the URL has one", async () => {
    expect(await withCertificate(authority.issue("IP:127.0.0.1"), "127.0.0.1")).toMatchObject({ result: "delivered" });
    expect(await withCertificate(authority.issue("DNS:hooks.example.com"), "127.0.0.1")).toEqual(
      failed("TLS failed (ERR_TLS_CERT_ALTNAME_INVALID)"),
    );
  });

  it("fails for a certificate of another host, of another authority, and of another time", async () => {
    const otherHost = authority.issue("DNS:other.example.com,IP:127.0.0.1");
    expect(await withCertificate(otherHost)).toEqual(failed("TLS failed (ERR_TLS_CERT_ALTNAME_INVALID)"));
    const stranger = createAuthority();
    const unknown = stranger.issue("DNS:hooks.example.com");
    stranger.remove();
    expect(await withCertificate(unknown)).toEqual(
      failed(
        /TLS failed \((UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)\)/,
      ),
    );
    expect(await withCertificate(authority.issue("DNS:hooks.example.com", true))).toEqual(
      failed("TLS failed (CERT_HAS_EXPIRED)"),
    );
    expect(names).toEqual([]); // no request was sent
  });
});
