import { render } from "preact";
import { SESSION_HEADER } from "./http/protocol.ts";

const root = document.getElementById("app");
if (root) render(<p title={SESSION_HEADER}>offair console</p>, root);
