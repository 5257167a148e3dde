/** The few drawings of the page, as inline SVG. */

const line = { fill: 'none', stroke: 'currentColor', 'stroke-width': 2, 'stroke-linecap': 'round' } as const;

export function Star() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path
        fill="currentColor"
        d="M12 2.8l2.75 5.95 6.5.77-4.82 4.44 1.3 6.42L12 17.17l-5.73 3.21 1.3-6.42L2.75 9.52l6.5-.77z"
      />
    </svg>
  );
}

export function Back() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path {...line} stroke-linejoin="round" d="M15 5l-7 7 7 7" />
    </svg>
  );
}

export function Send() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path {...line} stroke-linejoin="round" d="M12 19V5M6 11l6-6 6 6" />
    </svg>
  );
}

export function Clip() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path
        {...line}
        stroke-linejoin="round"
        d="M20 11.5l-8.2 8.2a5.2 5.2 0 0 1-7.4-7.4l8.6-8.6a3.5 3.5 0 0 1 4.9 4.9l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.8-7.8"
      />
    </svg>
  );
}

export function Find() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <circle {...line} cx="11" cy="11" r="6.5" />
      <path {...line} d="M16 16l4.5 4.5" />
    </svg>
  );
}

export function Close() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path {...line} d="M6.5 6.5l11 11M17.5 6.5l-11 11" />
    </svg>
  );
}

export function People() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <circle {...line} cx="9" cy="8.5" r="3.5" />
      <path
        {...line}
        d="M2.5 19.5c.6-3.4 3.2-5 6.5-5s5.9 1.6 6.5 5M16 5.4a3.5 3.5 0 010 6.2M18 14.9c2 .7 3.2 2.2 3.6 4.6"
      />
    </svg>
  );
}
