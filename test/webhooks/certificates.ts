/** Certificates for tests, made by openssl: an authority, and certificates of hosts that it signed. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  readonly ca: string;
  /** @param names - as openssl writes them: `DNS:hooks.example.com,IP:127.0.0.1`. */
  issue(names: string, expired?: boolean): Certificate;
  remove(): void;
}

export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), "offair-certificates-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const file = (name: string) => join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=offair test authority",
    "-days",
    "2",
  );
  return {
    ca: readFileSync(file("ca.pem"), "utf8"),
    issue(names, expired = false) {
      writeFileSync(file("names.cnf"), `subjectAltName=${names}\n`);
      openssl("req", ...key, "-keyout", "host.key", "-out", "host.csr", "-subj", "/CN=host");
      const validity = ["-days", expired ? "-1" : "2"];
      openssl(
        ...["x509", "-req", "-in", "host.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
        ...["-out", "host.pem", "-extfile", "names.cnf", ...validity],
      );
      return { key: readFileSync(file("host.key"), "utf8"), cert: readFileSync(file("host.pem"), "utf8") };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
