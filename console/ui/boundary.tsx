/** Shows that a page failed, instead of nothing. Give it the page's name as its key, so that another page is shown. */
import { Component, type ComponentChildren } from "preact";
import { say } from "../i18n/say.ts";
import { Foreign } from "./name.tsx";
import { BROKEN } from "./texts.ts";

interface BoundaryProps {
  readonly children: ComponentChildren;
}

interface BoundaryState {
  readonly message?: string;
}

export class Boundary extends Component<BoundaryProps, BoundaryState> {
  static override getDerivedStateFromError(error: unknown): BoundaryState {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override componentDidCatch(error: unknown): void {
    reportError(error); // as an error that nobody caught: the browser's own console has it, and a test fails
  }

  override render() {
    const { message } = this.state;
    if (message === undefined) return this.props.children;
    return (
      <div class="notice bad" role="alert">
        <p>
          <strong>{say(BROKEN.title)}</strong> {say(BROKEN.next)}
        </p>
        <p lang="en">
          <Foreign text={message} />
        </p>
        <button type="button" onClick={() => location.reload()}>
          {say(BROKEN.reload)}
        </button>
      </div>
    );
  }
}
