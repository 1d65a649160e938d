/** The package has no types of its own: https://github.com/architect/dynalite#api */
declare module "dynalite" {
  import type { Server } from "node:http";

  export default function dynalite(options?: {
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
    path?: string;
  }): Server;
}
