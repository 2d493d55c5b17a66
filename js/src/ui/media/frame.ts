import { encoded } from "./pictures";

/**
 * Read one frame of a clip as a PNG.
 *
 * @param url Of the page's own memory: a browser gives no pixels of clips from another origin.
 * @param at Seconds into the clip.
 */
export async function frameAt(url: string, at: number): Promise<Blob> {
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  try {
    const loaded = heard(video, "loadeddata");
    video.src = url;
    await loaded;
    const sought = heard(video, "seeked");
    video.currentTime = at;
    await sought;
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    const png = encoded(canvas, "image/png");
    if (!png) throw new Error("the frame is empty");
    return png;
  } finally {
    video.removeAttribute("src");
    video.load();
  }
}

function heard(video: HTMLVideoElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, () => resolve(), { once: true });
    video.addEventListener("error", () => reject(new Error("the clip cannot be read")), {
      once: true,
    });
  });
}
