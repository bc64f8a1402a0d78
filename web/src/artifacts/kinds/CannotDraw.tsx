// What a renderer says instead of a picture; the artifact's frame has Download beside it.

export function CannotDraw({ what, why }: { what: string; why: string }) {
  return (
    <p role="alert" className="kind-note">
      This {what} cannot be drawn: {why}
    </p>
  );
}
