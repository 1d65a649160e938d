export type LiveMethod = "GET" | "POST" | "PUT" | "DELETE";
