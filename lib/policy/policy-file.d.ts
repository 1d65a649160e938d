/** What build/compile-policy.ts makes of policy.yml, at build time and in tests. */
declare module "*/policy.yml" {
  const policy: import("./policy.ts").Policy;
  export default policy;
}
