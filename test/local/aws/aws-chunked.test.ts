import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodeAwsChunked } from "../../../local/aws/aws-chunked.ts";
import "../../support/runs.ts";

const encode = (chunks: readonly Uint8Array[], trailers = ""): Buffer =>
  Buffer.concat([
    ...chunks.map((chunk) =>
      Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]),
    ),
    Buffer.from(`0\r\n${trailers}\r\n`),
  ]);

describe("decodeAwsChunked", () => {
  it("gives back whatever was cut into chunks", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), (chunks) => {
        const whole = Buffer.concat(chunks);
        expect(decodeAwsChunked(encode(chunks), whole.length).bytes).toEqual(whole);
      }),
    );
  });

  it("reads the trailers behind the last chunk", () => {
    const body = encode([Buffer.from("abc")], "X-Amz-Checksum-Crc32:NSRBwg==\r\n");
    expect(decodeAwsChunked(body).trailers).toEqual({ "x-amz-checksum-crc32": "NSRBwg==" });
  });

  it("refuses a body that ends anywhere before its last chunk", () => {
    const body = encode([Buffer.from("abc"), Buffer.from("0\r\n\r\n")]);
    const lastChunk = body.length - "0\r\n\r\n".length;
    for (let length = 0; length < lastChunk + "0\r\n".length; length++) {
      expect(() => decodeAwsChunked(body.subarray(0, length))).toThrow(
        expect.objectContaining({ code: "IncompleteBody" }),
      );
    }
  });

  it.each([
    ["a size that is no number", "zz\r\nabc\r\n0\r\n\r\n", undefined],
    ["a chunk longer than it says", "2\r\nabc\r\n0\r\n\r\n", undefined],
    ["another length than stated", "3\r\nabc\r\n0\r\n\r\n", 4],
  ])("refuses %s", (_, body, decodedLength) => {
    const decode = () => decodeAwsChunked(Buffer.from(body), decodedLength);
    expect(decode).toThrow(expect.objectContaining({ code: "IncompleteBody" }));
  });
});
