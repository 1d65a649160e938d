/** The type of policy.yml as build/compile-policy.ts compiles it, at build time and in tests. */
declare module "*/policy.yml" {
  const policy: import("./policy.ts").Policy;
  export default policy;
}
