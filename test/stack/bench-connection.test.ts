import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, it } from "@jest/globals";
import { ownerOf } from "../../bench/cost/processes.ts";

it("finds the process of a connection, also where one to another server has the same port", async () => {
  const servers = [createServer(), createServer()] as const;
  const [ours, ofChild] = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, "127.0.0.1"), "listening");
      return (server.address() as AddressInfo).port;
    }),
  );
  assert(ours !== undefined && ofChild !== undefined);
  const own = connect({ host: "127.0.0.1", port: ours });
  await once(own, "connect");
  const localPort = own.localPort ?? 0;
  const connects = `require("node:net").connect(${JSON.stringify({ host: "127.0.0.1", port: ofChild, localPort })})`;
  const child = spawn(process.execPath, ["-e", connects], { stdio: "inherit" });
  try {
    await once(servers[1], "connection");
    expect(ownerOf(localPort, ofChild)).toBe(child.pid);
    expect(ownerOf(localPort, ours)).toBeUndefined(); // this process, which is no child
  } finally {
    child.kill();
    own.destroy();
    for (const server of servers) server.close();
  }
});
