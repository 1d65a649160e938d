/** The links of a report: text, until a person asks for an image. It is blurred and grey first, and never shown for what may not be viewed. */
import { useState } from "preact/hooks";
import type { ReviewCase } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import type { PathAnswer } from "../http/protocol.ts";
import { say } from "../i18n/say.ts";
import { Failure } from "../ui/failure.tsx";
import { Foreign } from "../ui/name.tsx";
import { CASE } from "./case-texts.ts";
import { isSealed, type Link, linkOf } from "./words.ts";

export function Evidence({ shown }: { readonly shown: ReviewCase }) {
  const { evidence = [] } = shown;
  const sealed = isSealed(shown);
  return (
    <>
      {sealed ? <p class="notice warn">{say(CASE.sealed)}</p> : null}
      <ul class="evidence">
        {evidence.map(({ url, sha256 }, index) => (
          <li key={`${index} ${url}`}>
            {sealed ? <Foreign text={linkOf(url).host} /> : <OneLink link={linkOf(url)} />}
            <small class="muted mono">
              {sha256 === undefined ? say(CASE.noHash) : <Foreign text={`sha256 ${sha256}`} />}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

function OneLink({ link }: { readonly link: Link }) {
  const { client } = useApp();
  const [path, setPath] = useState<string>();
  const [failure, setFailure] = useState<ConsoleError>();
  const [isLoading, setIsLoading] = useState(false);
  const [isClear, setIsClear] = useState(false);

  async function load(): Promise<void> {
    setIsLoading(true);
    setFailure(undefined);
    setIsClear(false);
    try {
      setPath((await client.post<PathAnswer>("/api/evidence", { url: link.url })).path);
    } catch (error) {
      setFailure(error instanceof ConsoleError ? error : new ConsoleError("failed", String(error)));
    }
    setIsLoading(false);
  }

  const { host } = link;
  return (
    <>
      <span class="mono">
        <Foreign text={link.url} />
      </span>
      {link.isHttps ? (
        <p class="buttons">
          <button type="button" disabled={isLoading} onClick={() => (path ? setPath(undefined) : void load())}>
            {say(path ? CASE.hideImage : CASE.showImage)}
          </button>
          {path ? (
            <button type="button" aria-pressed={isClear} onClick={() => setIsClear(!isClear)}>
              {say(isClear ? CASE.blurImage : CASE.clearImage)}
            </button>
          ) : null}
          <button type="button" class="link" onClick={() => openLink(link)}>
            {say(CASE.openLink)}
          </button>
          <small class="muted">
            <Foreign text={say(CASE.imageFrom, { host })} />
          </small>
        </p>
      ) : (
        <small class="muted">{say(CASE.notHttps)}</small>
      )}
      {failure ? <Failure failure={failure} /> : null}
      {path ? (
        <iframe
          class={isClear ? "image" : "image veiled"}
          sandbox=""
          src={path}
          referrerpolicy="no-referrer"
          title={say(isClear ? CASE.imageClear : CASE.imageTitle, { host })}
        />
      ) : null}
    </>
  );
}

const openLink = ({ url, isHttps }: Link): void => {
  if (isHttps) open(url, "_blank", "noopener,noreferrer");
};
