/** The cases of the day that waited for a person, and whether their due times were met. */
import type { HistoryReview } from "../http/protocol.ts";
import { say, sayWord } from "../i18n/say.ts";
import { Foreign, StreamName } from "../ui/name.tsx";
import { Time } from "../ui/time.tsx";
import { VirtualRows } from "../ui/virtual-rows.tsx";
import { countReviews } from "./periods.ts";
import { REVIEWS } from "./texts.ts";

export function Reviews({ reviews }: { readonly reviews: readonly HistoryReview[] }) {
  const columns = [
    { title: say(REVIEWS.due), cell: ({ dueAt }: HistoryReview) => <Time at={dueAt} /> },
    {
      title: say(REVIEWS.state),
      cell: ({ state }: HistoryReview) => (
        <span class={state === "late" || state === "missed" ? "warn" : ""}>{sayWord(REVIEWS, state)}</span>
      ),
    },
    { title: say(REVIEWS.verdict), cell: (review: HistoryReview) => <Verdict review={review} /> },
    {
      title: say(REVIEWS.case),
      cell: (review: HistoryReview) => (
        <>
          <StreamName stream={review} /> <Foreign text={review.key} />
        </>
      ),
    },
    {
      title: say(REVIEWS.evidence),
      cell: ({ object }: HistoryReview) => (
        <code>
          <Foreign text={object} />
        </code>
      ),
    },
  ];
  return (
    <section aria-labelledby="reviews">
      <h2 id="reviews">{say(REVIEWS.title)}</h2>
      {reviews.length === 0 ? (
        <p>{say(REVIEWS.none)}</p>
      ) : (
        <>
          <p>{say(REVIEWS.summary, { n: reviews.length, ...countReviews(reviews) })}</p>
          <VirtualRows
            kind="reviews"
            label={say(REVIEWS.title)}
            columns={columns}
            rows={reviews}
            keyOf={({ key }) => key}
          />
        </>
      )}
    </section>
  );
}

function Verdict({ review }: { readonly review: HistoryReview }) {
  const { decidedAt, verdict, decidedBy, knownUntil } = review;
  if (decidedAt === null)
    return (
      <>
        {say(REVIEWS.noVerdict)} <Time at={knownUntil} />
      </>
    );
  return (
    <>
      <Time at={decidedAt} /> <Foreign text={verdict ?? ""} /> {say(REVIEWS.by)}{" "}
      <Foreign text={decidedBy ?? say(REVIEWS.nobody)} />
    </>
  );
}
