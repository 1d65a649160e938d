import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, it } from "@jest/globals";
import { ownerOf } from "../../bench/cost/processes.ts";

it("finds the process of a connection by both its ends: one to another server may have the same port", async () => {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, ["-e", `require("node:net").connect(${port}, "127.0.0.1")`]);
  try {
    const [{ remotePort = 0 }] = (await once(server, "connection")) as [Socket];
    expect(ownerOf(remotePort, port)).toBe(child.pid);
    expect(ownerOf(remotePort, port + 1)).toBeUndefined();
  } finally {
    child.kill();
    await once(child, "exit");
    server.close();
  }
});
