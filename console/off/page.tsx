export function OffPage() {
  return null;
}
