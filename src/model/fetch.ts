/** @file Fetches a model over HTTP, for pages, with the browser's cache. Browser-safe. */

import { follow } from '../base/abort.ts';
import { checkControl } from '../base/check-options.ts';
import { LatentfillError } from '../base/errors.ts';
import type { Model } from './model.ts';
import { checkHash, type ModelFileName, openFiles, parseCard } from './open-files.ts';

/** The progress of a download. */
export interface FetchProgress {
  /** Bytes received so far, including those from the cache. */
  readonly loaded: number;
  /** Bytes of all files; null while that is unknown. */
  readonly total: number | null;
}

/** Settings of {@link fetchModel}. */
export interface FetchOptions {
  /** Called whenever bytes arrive. */
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The parts of a browser's Cache API that are used; Node has none. */
interface Store {
  match(key: string): Promise<Response | undefined>;
  put(key: string, response: Response): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/**
 * Fetches a model from the address of its folder (`/models/toon-64`, relative to the page). Each file is checked
 * against the hash in model.json and stored under that hash by the browser's Cache API, so it is fetched again only
 * when the model changes.
 * @throws LatentfillError where a file cannot be fetched, or does not have the card's hash.
 */
export async function fetchModel(url: string | URL, options: FetchOptions = {}): Promise<Model> {
  checkControl(options, ['onProgress', 'signal']);
  const own = new AbortController();
  using following = follow(own.signal, options.signal);
  try {
    return await fetchFiles(addressOf(url), options.onProgress, following.signal);
  } catch (error) {
    own.abort(error); // stop the other downloads
    throw error;
  }
}

async function fetchFiles(folder: URL, onProgress: FetchOptions['onProgress'], signal: AbortSignal): Promise<Model> {
  const place = (name: string) => new URL(name, folder).href;
  const head = await request(place('model.json'), signal, 'no-cache');
  const card = parseCard(await head.text(), place('model.json'));
  const store = await openStore();
  const files = new Map<ModelFileName, Uint8Array | Response>();
  for (const [name, hash] of Object.entries(card.files) as [ModelFileName, string][]) {
    files.set(name, (await kept(store, hash)) ?? (await request(place(name), signal)));
  }
  const progress = counted([...files.values()], onProgress);
  return openFiles(card, place, async (name, hash) => {
    const file = files.get(name)!;
    if (file instanceof Uint8Array) return file;
    const bytes = await bodyOf(file, progress, signal);
    await checkHash(bytes, hash, place(name));
    await store?.put(keyOf(hash), new Response(bytes as Uint8Array<ArrayBuffer>)).catch(() => {}); // may be full
    return bytes;
  });
}

function addressOf(url: string | URL): URL {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  try {
    const folder = new URL(url, location?.href);
    if (!folder.pathname.endsWith('/')) folder.pathname += '/';
    return folder;
  } catch (cause) {
    throw new LatentfillError('options', `Expected the address of a model's folder, got '${url}': give a URL.`, {
      cause,
    });
  }
}

async function request(url: string, signal: AbortSignal, cache?: 'no-cache'): Promise<Response> {
  const response = await fetch(url, { signal, ...(cache && { cache }) }).catch((cause) => {
    signal.throwIfAborted();
    throw new LatentfillError(
      'file',
      `Expected a file of the model at '${url}', but it cannot be reached: check the connection and, where it is of another site, that it may be read from this one (CORS).`,
      { cause },
    );
  });
  if (response.ok) return response;
  throw new LatentfillError(
    'file',
    `Expected a file of the model at '${url}', got status ${response.status}: check the address.`,
  );
}

/** Reports the sum of received bytes: those of cached files at once, the others as they arrive. */
function counted(files: readonly (Uint8Array | Response)[], onProgress: FetchOptions['onProgress']) {
  const sizes = files.map((file) => (file instanceof Uint8Array ? file.length : lengthOf(file)));
  const total = sizes.includes(null) ? null : sizes.reduce((sum: number, size) => sum + size!, 0);
  let loaded = 0;
  const add = (bytes: number) => {
    loaded += bytes;
    onProgress?.({ loaded, total });
  };
  for (const file of files) if (file instanceof Uint8Array) add(file.length);
  return add;
}

/** The length of a response's body, in bytes; null where it is not given, or is that of compressed data. */
function lengthOf({ headers }: Response): number | null {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? null : Number(length);
}

async function bodyOf(response: Response, progress: (bytes: number) => void, signal: AbortSignal): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const reader = response.body!.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      parts.push(value);
      progress(value.length);
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw new LatentfillError('file', `Expected all of '${response.url}', but the connection broke: try again.`, {
      cause,
    });
  }
  return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/** The cache key of a hash. It must be a URL; the domain `.invalid` belongs to nobody. */
const keyOf = (hash: string) => `https://latentfill.invalid/sha256/${hash}`;

async function openStore(): Promise<Store | undefined> {
  const { caches } = globalThis as { readonly caches?: { open(name: string): Promise<Store> } };
  return caches?.open('latentfill').catch(() => undefined); // may fail in a private window
}

/** The cached file of a hash; a damaged one is deleted. */
async function kept(store: Store | undefined, hash: string): Promise<Uint8Array | undefined> {
  const found = await store?.match(keyOf(hash)).catch(() => undefined);
  if (!found) return undefined;
  const bytes = new Uint8Array(await found.arrayBuffer());
  try {
    await checkHash(bytes, hash, keyOf(hash));
    return bytes;
  } catch {
    await store!.delete(keyOf(hash)).catch(() => false);
    return undefined;
  }
}
