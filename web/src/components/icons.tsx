// The few icons of the page; decorative, so hidden from screen readers.
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const DownloadIcon = () => (
  <Icon>
    <path d="M8 2v8M4.8 7.2 8 10.400l3.2-3.200M2.5 13.500h11" />
  </Icon>
);
export const PlusIcon = () => (
  <Icon>
    <path d="M8 3v10M3 8h10" />
  </Icon>
);
export const MinusIcon = () => (
  <Icon>
    <path d="M3 8h10" />
  </Icon>
);
export const FitIcon = () => (
  <Icon>
    <path d="M3 2.500h10M3 13.500h10M8 5v6M6 6.8 8 4.800l2 2M6 9.200l2 2 2-2" />
  </Icon>
);
export const TrashIcon = () => (
  <Icon>
    <path d="M2.5 4.500h11M6 4.500v-2h4v2M4 4.500l.7 9h6.600l.7-9M6.7 7v4M9.3 7v4" />
  </Icon>
);
export const MenuIcon = () => (
  <Icon>
    <path d="M2 4h12M2 8h12M2 12h12" />
  </Icon>
);
export const SendIcon = () => (
  <Icon>
    <path d="M8 13.500v-11M3.5 7 8 2.5 12.5 7" />
  </Icon>
);
export const WarningIcon = () => (
  <Icon>
    <path d="M8 2 1.5 13.500h13zM8 6.500v3.500M8 11.800v.4" />
  </Icon>
);
export const StorageIcon = () => (
  <Icon>
    <path d="M2.5 3.500h11v4h-11zM2.5 8.500h11v4h-11zM5 5.500h.1M5 10.500h.1" />
  </Icon>
);
export const AttachIcon = () => (
  <Icon>
    <path d="M13 7.500 8 12.500a3 3 0 0 1-4.300-4.300l5.400-5.400a2 2 0 0 1 2.900 2.900l-5.300 5.300a1 1 0 0 1-1.400-1.400L10 5" />
  </Icon>
);
export const LogoIcon = () => (
  <svg className="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect className="logo-ground" width="32" height="32" rx="7" />
    <path className="logo-crest" d="M5 9h8c5 0 5 13 14 13" />
    <path className="logo-stream" d="M5 15h5c4 0 4.5 9.5 11 11.5" />
  </svg>
);
