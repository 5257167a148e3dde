/** Photos are made small before they are sent: at most 1 MB, without what the camera wrote about place and person. */

const MOST_PHOTO_BYTES = 1024 * 1024;
/** Enough to read a notice on a wall. */
const LONGEST_PX = 1_600;
const THUMB_PX = 200;
const QUALITIES = [0.82, 0.7, 0.55, 0.4];
const PHOTO = /^image\//;

export interface Shrunk {
  readonly file: { readonly name: string; readonly body: Blob };
  /** A data address; absent for what is no photo. */
  readonly thumb?: string;
}

/** Drawn anew: nothing of the original file but its picture goes along. */
function draw(image: ImageBitmap, longest: number): HTMLCanvasElement {
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('This browser cannot draw');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function encoded(canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
}

/** A photo made small; a file of another kind, or a picture that this browser cannot show, as it is. */
export async function shrink(file: File): Promise<Shrunk> {
  const whole = { name: file.name, body: file };
  if (!PHOTO.test(file.type)) return { file: whole };
  const image = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => undefined);
  if (!image) return { file: whole };
  const thumb = draw(image, THUMB_PX).toDataURL('image/jpeg', 0.7);
  for (let longest = LONGEST_PX; longest > THUMB_PX; longest /= 1.5) {
    const canvas = draw(image, longest);
    for (const quality of QUALITIES) {
      const body = await encoded(canvas, quality);
      if (!body || body.size > MOST_PHOTO_BYTES) continue;
      image.close();
      return { file: { name: `${file.name.replace(/\.[^.]*$/, '') || '照片'}.jpg`, body }, thumb };
    }
  }
  image.close();
  return { file: whole, thumb };
}
