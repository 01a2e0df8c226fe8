// The toll at the door, paid by the device: a number whose SHA-256 with the puzzle begins with enough zero bits.
// Without this script, or without WebCrypto, the page asks for a sum instead.

const form = document.querySelector("form[data-toll]");
const CHUNK = 512;

function zeroBits(bytes) {
  let bits = 0;
  for (const byte of bytes) {
    if (byte) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

async function work(nonce, bits) {
  const text = new TextEncoder();
  for (let start = 0; ; start += CHUNK) {
    const tries = Array.from({ length: CHUNK }, (_, at) => start + at);
    const hashed = await Promise.all(tries.map((each) => crypto.subtle.digest("SHA-256", text.encode(`${nonce}:${each}`))));
    const found = hashed.findIndex((each) => zeroBits(new Uint8Array(each)) >= bits);
    if (found >= 0) return start + found;
    await new Promise((rest) => setTimeout(rest));
  }
}

async function pay() {
  const question = document.getElementById("toll");
  if (!question || !globalThis.crypto?.subtle) return;
  document.getElementById("id_work").value = await work(form.dataset.toll, Number(form.dataset.bits));
  question.hidden = true;
  document.getElementById("toll-paid").hidden = false;
}

if (form) form.addEventListener("focusin", pay, { once: true });
