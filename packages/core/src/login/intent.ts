/** Reads a request header by its lower-case name. */
export type HeaderOf = (name: string) => string | null | undefined;

/** What a request wants: a page in a window, a page in a frame, a look ahead, or data. */
export type Intent = 'navigation' | 'frame' | 'prefetch' | 'other';

/**
 * Tells navigations from what runs in the background, by Fetch Metadata, without it by `Accept`.
 * [Fetch Metadata](https://www.w3.org/TR/fetch-metadata/)
 */
export function intentOf(header: HeaderOf): Intent {
  if (/prefetch|prerender/i.test(header('sec-purpose') ?? header('purpose') ?? '')) return 'prefetch';
  const mode = header('sec-fetch-mode');
  if (!mode) return acceptsHtml(header) ? 'navigation' : 'other';
  if (mode !== 'navigate') return 'other';
  const destination = header('sec-fetch-dest');
  if (destination === 'document') return 'navigation';
  return destination === 'iframe' || destination === 'frame' ? 'frame' : 'other';
}

/** Whether a person is looking: `*` alone does not count. */
export function acceptsHtml(header: HeaderOf): boolean {
  return /text\/html|application\/xhtml\+xml/i.test(header('accept') ?? '');
}
