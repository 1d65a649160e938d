/** `raid-* of push.example.com/live from 192.0.2.7 pushed since …` */
import { Foreign } from "../ui/name.tsx";
import { type Selector, selectorParts } from "./selector-parts.ts";

export const SelectorText = ({ selector }: { readonly selector: Selector }) => (
  <Foreign text={selectorParts(selector).join(" ")} />
);
