export function picture(_c: unknown): string {
  return "";
}
