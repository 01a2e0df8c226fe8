// Photographs beside an endorsement. Each is drawn anew and smaller on this device, so that nothing of the file stays
// but the picture: not the place, the time or the device that a camera writes into it.

import { hex, sha256 } from "../../permits/verify/envelope.js";
import { $, fill, make } from "./parts.js";

const LONGEST_SIDE = 2400;
const SMALL_SIDE = 112;
const QUALITY = 0.85;
const [most, largest] = [$("offline").dataset.most, $("offline").dataset.largest].map(Number);
let chosen = { permit: "", pictures: [] };
let drawing = Promise.resolve();

// { digest, bytes } of a JPEG; throws where the file is no picture that this browser can read.
async function drawn(file) {
  const canvas = await scaled(file, LONGEST_SIDE);
  const jpeg = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
  const bytes = await jpeg.arrayBuffer();
  return { digest: hex(await sha256(new Uint8Array(bytes))), bytes };
}

// The picture to be shown beside its words.
async function small(bytes, name) {
  const canvas = await scaled(new Blob([bytes], { type: "image/jpeg" }), SMALL_SIDE);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", name);
  return canvas;
}

async function scaled(file, side) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas;
}

// What was photographed with the endorsement that is being entered, once all of it is drawn.
export const taken = async () => { await drawing; return chosen.pictures; };

// Begin anew, unless what was photographed is of this very permit.
export function forget({ unlessOf: permit = "" } = {}) {
  if (permit && chosen.permit === permit) return;
  chosen = { permit, pictures: [] };
  $("photograph-fault").hidden = true;
  showTaken();
}

// One after the other, so that an old phone holds one large picture at a time.
function take() {
  const files = [...$("id_photographs").files];
  $("id_photographs").value = "";
  drawing = drawing.then(() => drawAll(files, chosen));
}

async function drawAll(files, into) {
  $("photograph-fault").hidden = true;
  for (const file of files) {
    const why = into.pictures.length >= most ? fill("too_many_photographs", { most })
      : file.size > largest * 1e6 ? fill("photograph_large", { name: file.name, limit: largest })
        : await drawn(file).then((one) => { if (!into.pictures.some((each) => each.digest === one.digest)) into.pictures.push(one); },
          () => fill("no_picture", { name: file.name }));
    if (why) {
      $("photograph-fault").textContent = why;
      $("photograph-fault").hidden = false;
    }
  }
  showTaken();
}

function showTaken() {
  const { pictures: all } = chosen;
  $("photographs").hidden = !all.length;
  $("photograph-note").textContent = all.length ? fill("photographs_taken", { count: all.length }) : "";
  $("photographs").replaceChildren(...all.map((each, at) => framed(each.bytes, at + 1, () => {
    chosen.pictures = all.filter((other) => other !== each);
    showTaken();
    $("id_photographs").focus();
  })));
}

// A picture with its button; `why` is what the register said against it.
export function framed(bytes, place, remove, why = "") {
  const name = fill("photograph", { place });
  const button = make("button", { type: "button", class: "button plain" }, fill("remove", { place }));
  button.addEventListener("click", remove);
  const item = make("li", {}, make("div", {}, ...(why ? [make("p", { class: "error" }, why)] : []), button));
  small(bytes, name).then((canvas) => item.prepend(canvas), () => item.prepend(name));
  return item;
}

$("id_photographs").addEventListener("change", take);
