/** The page is named by the fragment: `#/plans/op-…`. */
import { useEffect, useState } from "preact/hooks";
import { hasLink } from "./http/start-session.ts";

export interface Route {
  readonly page: string;
  /** What follows the page's name. */
  readonly rest: readonly string[];
}

export function routeOf(hash: string): Route {
  const [page = "", ...rest] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  return { page, rest };
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

export const linkTo = (page: string, ...rest: readonly string[]): string =>
  `#/${[page, ...rest].map(encodeURIComponent).join("/")}`;

export const goTo = (page: string, ...rest: readonly string[]): void => {
  location.hash = linkTo(page, ...rest);
};

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const read = (): void => {
      if (!hasLink()) setRoute(routeOf(location.hash));
    };
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  return route;
}
