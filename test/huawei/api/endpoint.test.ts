import { describe, expect, it } from "@jest/globals";
import { parseEndpoint } from "../../../lib/huawei/api/endpoint.ts";

describe("the Live endpoint", () => {
  it.each([
    "https://live.ap-southeast-3.myhuaweicloud.com",
    "https://live.eu-west-101.myhuaweicloud.eu:8443/",
    "http://127.0.0.1:8080",
    "http://127.8.9.1",
    "http://[::1]:8080",
    "http://localhost:8080/",
  ])("may be %s", (text) => {
    expect(parseEndpoint(text).href).toBe(new URL(text).href);
  });

  it.each([
    "http://live.ap-southeast-3.myhuaweicloud.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://128.0.0.1",
    "http://[::2]",
    "ftp://127.0.0.1",
    "https://user:hush-hush@live.example.com",
    "https://live.example.com/v1",
    "https://live.example.com/?hush-hush",
    "https://live.example.com/#x",
    "live.example.com hush-hush",
    "",
  ])("must not be %j", (text) => {
    expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: "ERR_CONFIG" }));
    expect(() => parseEndpoint(text)).not.toThrow("hush-hush");
  });
});
