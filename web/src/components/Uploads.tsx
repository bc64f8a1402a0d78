// Files on their way: how far each is, and what went wrong.
import { formatBytes } from "../format";
import type { Upload } from "../hooks/useUploads";
import { ProblemNotice } from "./ProblemNotice";

interface Props {
  uploads: Upload[];
  onCancel: (key: string) => void;
  onRetry: (upload: Upload) => void;
}

export function Uploads({ uploads, onCancel, onRetry }: Props) {
  if (uploads.length === 0) return null;
  return (
    <ul className="uploads" aria-label="Uploads">
      {uploads.map((upload) => (
        <li key={upload.key} className="upload">
          <span className="upload-name">{upload.file.name}</span>
          {upload.problem ? (
            <ProblemNotice
              problem={upload.problem}
              what={upload.file.name}
              onRetry={upload.problem.retryable ? () => onRetry(upload) : undefined}
            />
          ) : (
            <>
              <progress
                value={upload.sentBytes}
                max={Math.max(1, upload.file.size)}
                aria-label={`Uploading ${upload.file.name}`}
              />
              <span className="numbers" role="status">
                {upload.sentBytes < upload.file.size || upload.file.size === 0
                  ? `${formatBytes(upload.sentBytes)} of ${formatBytes(upload.file.size)}`
                  : "Saving…"}
              </span>
            </>
          )}
          <button type="button" className="button" onClick={() => onCancel(upload.key)}>
            {upload.problem ? "Dismiss" : "Cancel"}
          </button>
        </li>
      ))}
    </ul>
  );
}
