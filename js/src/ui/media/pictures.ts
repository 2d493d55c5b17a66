import { type ReadonlySignal, signal } from "@preact/signals";
import { RequestError, type Requests, type RetryPolicy } from "../kernel/requests";
import type {
  FrameRequest,
  KnownPictureRequest,
  LocalizedMessage,
  PictureMessage,
  TakenPicture,
} from "../protocol/generated";
import type { FromKernel } from "../protocol/messages";
import { newId } from "../state/ids";

/** Pixels: the service makes clips of at most 720 rows. */
const LONGEST_SIDE = 2048;
const JPEG_QUALITY = 0.92;
const PREVIEW_SIDE = 240;
/** Bytes of one message; some servers lose messages of more than 1 MB. */
const PART = 384 * 1024;
const RETRY: RetryPolicy = { attempts: 3, timeoutMs: 60_000, pauseMs: 1_000 };

/** The kernel does not take a picture; the message says why. */
export class RefusedPicture extends Error {
  constructor(readonly reason: LocalizedMessage) {
    super(reason.text);
  }
}

/**
 * Make a large photo smaller, and an HEIC photo a JPEG. What the browser cannot open stays as it is:
 * the kernel may.
 */
async function shrink(file: Blob): Promise<Blob> {
  const bitmap = await opened(file);
  if (!bitmap) return file;
  // Safari opens HEIC photos, which not every kernel does.
  const fits = Math.max(bitmap.width, bitmap.height) <= LONGEST_SIDE;
  if (fits && !/hei[cf]/i.test(file.type)) {
    bitmap.close();
    return file;
  }
  const canvas = drawn(bitmap, LONGEST_SIDE);
  return (canvas && encoded(canvas, "image/jpeg", JPEG_QUALITY)) ?? file;
}

/**
 * Encode a canvas; null where the browser refuses to.
 *
 * `toBlob` waits for idle time, which can take seconds in a busy page. This takes 0.1 s for the
 * largest picture.
 */
export function encoded(canvas: HTMLCanvasElement, type: string, quality?: number): Blob | null {
  const [head = "", text] = canvas.toDataURL(type, quality).split(",");
  if (!text || !head.includes(type)) return null;
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type });
}

/** A small copy as a `data:` link, where the kernel cannot make one; null where neither can. */
async function smallCopy(file: Blob): Promise<string | null> {
  const bitmap = await opened(file);
  return (bitmap && drawn(bitmap, PREVIEW_SIDE)?.toDataURL("image/jpeg", 0.8)) ?? null;
}

async function opened(file: Blob): Promise<ImageBitmap | null> {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
}

/** Draw a picture on white, its longer side at most so many pixels. */
function drawn(bitmap: ImageBitmap, longest: number): HTMLCanvasElement | null {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

export interface SendOptions {
  name: string;
  signal: AbortSignal;
  /** Called with 0 to 1. */
  onProgress?(part: number): void;
}

/** Give a picture to the kernel, in parts. */
async function sendPicture(
  requests: Requests,
  file: Blob,
  { name, signal, onProgress }: SendOptions,
): Promise<TakenPicture> {
  const data = await shrink(file);
  const upload = newId();
  const parts = Math.max(1, Math.ceil(data.size / PART));
  for (let part = 0; part < parts; part += 1) {
    const text = await base64(data.slice(part * PART, (part + 1) * PART));
    const build = (ask: string) =>
      ({ type: "picture", ask, upload, part, parts, data: text, name }) as const;
    const { message } = await requests.send<PictureMessage>(build, {
      signal,
      retry: RETRY,
      accept: isPicture,
    });
    if (message.error) throw new RefusedPicture(message.error);
    if (message.picture) return message.picture;
    onProgress?.((part + 1) / parts);
  }
  throw new RequestError("incomplete");
}

/** The pictures of the person that the kernel holds. */
export interface Pictures {
  /** By the links that stand for them in the inputs. */
  readonly taken: ReadonlySignal<ReadonlyMap<string, TakenPicture>>;
  /** Give a picture to the kernel; resolves with the link that stands for it. */
  take(file: Blob, options: SendOptions): Promise<string>;
  /** Ask the kernel about a picture by its link, such as after a reload of the page. */
  recall(link: string): Promise<void>;
  /** Take a frame of a clip, at a time in milliseconds. */
  takeFrame(jobId: string, index: number, at: number): Promise<string>;
}

export function createPictures(requests: Requests): Pictures {
  const taken = signal<ReadonlyMap<string, TakenPicture>>(new Map());

  function add(picture: TakenPicture): string {
    taken.value = new Map(taken.peek()).set(picture.link, picture);
    return picture.link;
  }

  async function ask(build: (ask: string) => KnownPictureRequest | FrameRequest) {
    const { picture, error } = await requests.ask(build, "picture");
    if (error) throw new RefusedPicture(error);
    if (!picture) throw new RequestError("incomplete");
    return add(picture);
  }

  return {
    taken,
    async take(file, options) {
      const picture = await sendPicture(requests, file, options);
      return add({ ...picture, preview: picture.preview ?? (await smallCopy(file)) });
    },
    async recall(link) {
      await ask((ask) => ({ type: "known_picture", ask, link }));
    },
    takeFrame: (job_id, index, at) => ask((ask) => ({ type: "frame", ask, job_id, index, at })),
  };
}

const isPicture = (message: FromKernel): message is PictureMessage => message.type === "picture";

function base64(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(new RequestError("unreadable"));
    reader.readAsDataURL(blob);
  });
}

/** The picture in what was dropped or pasted: a file, or an image of the page. */
export async function pictureIn(data: DataTransfer | null): Promise<Blob | string | null> {
  const file = [...(data?.files ?? [])][0];
  if (file) return file;
  const html = data?.getData("text/html") ?? "";
  const image = new DOMParser().parseFromString(html, "text/html").querySelector("img");
  const link = image?.getAttribute("src") || data?.getData("text/uri-list") || "";
  // Outputs of other cells are data: links, and clips of this page are in its memory.
  if (/^(data:image|blob:)/.test(link)) return (await fetch(link)).blob();
  return /^https?:/.test(link) ? link : null;
}
