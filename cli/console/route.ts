/** One path of POST, to which the page sends JSON and gets JSON. */
interface RouteRequest {
  /** A JSON object, not checked otherwise. */
  readonly body: object;
  /** No person made the request. */
  readonly isPoll: boolean;
}

/** @returns what is sent as JSON. @throws RequestError, or an error of a command: see error-kinds.ts. */
export type Route = (request: RouteRequest) => Promise<unknown>;

/** By their paths. */
export type Routes = Readonly<Record<string, Route>>;
