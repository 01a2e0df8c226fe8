// The square code in a picture or before the camera: the browser's own reader where it has one, else the decoder that
// was put beside this page when it was built (`decoder` is its address, empty without).

const CODE = /^(\d{32,}|CP1:.+|https?:\/\/\S+#\d{32,})$/s;

// Whether a text is a code of ours, and not whatever else is printed on a parcel.
export const isCode = (text) => CODE.test(text);

// The first code of ours in a picture file; undefined where there is none, or nothing to read it with.
export async function codeIn(look, file) {
  const texts = look ? await look(file).catch(() => []) : [];
  return texts.find(isCode);
}

export async function reader(decoder) {
  if ("BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (source) => (await detector.detect(source)).map((found) => found.rawValue);
  }
  if (!decoder) return null;
  const zxing = await import(`${decoder}es/reader/index.js`);
  zxing.prepareZXingModule({ overrides: { locateFile: () => `${decoder}reader/zxing_reader.wasm` } });
  const options = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 4 };
  return async (source) => (await zxing.readBarcodes(await pixels(source), options)).map((found) => found.text);
}

// The same canvas serves every frame.
const canvas = document.createElement("canvas");

async function pixels(source) {
  const drawn = source instanceof HTMLVideoElement ? source : await createImageBitmap(source);
  const [width, height] = [drawn.videoWidth ?? drawn.width, drawn.videoHeight ?? drawn.height];
  const scale = Math.min(1, 2400 / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(drawn, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

// Look through the camera until `found(text)` answers true; returns a function that stops.
export async function watch(video, read, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } });
  let going = true;
  const stop = () => {
    going = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  video.srcObject = stream;
  await video.play();
  const look = async () => {
    if (!going) return;
    const texts = video.videoWidth ? await read(video).catch(() => []) : [];
    if (!going) return;
    if (texts.some(found)) stop();
    else setTimeout(look, 150);
  };
  look();
  return stop;
}
