// Seals results in this browser. The server gets the hash; the results go into a file that the
// person keeps, and reach the server when they open the seal. The form's inputs have no name and
// no listener of the server.
"use strict";

const sorted = (value) => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  // RFC 8785 sorts keys by UTF-16 code units, which is what sort() does.
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
};

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const grade = (row) => {
  const [value, u] = ["value", "u"].map((part) => {
    const input = row.querySelector(`[data-part=${part}]`);
    return input === null ? "" : input.value.trim();
  });
  if (value === "" && u === "") return null;
  const form = /^[0-9]{1,19}(\.[0-9]{1,15})?$/;
  if (!form.test(value) || (u !== "" && !form.test(u))) throw new Error(row.dataset.analyte);
  const made = { analyte: row.dataset.analyte, basis: "measured", unit: row.dataset.unit, value };
  return u === "" ? made : { ...made, u };
};

window.orelineSeal = async (place, fixed) => {
  if (!window.crypto || !window.crypto.subtle) return { error: "insecure" };
  const form = document.getElementById(place);
  const assay = { lot: fixed.lot, role: fixed.role };
  const results = [];
  try {
    for (const row of form.querySelectorAll("[data-analyte]")) {
      const found = grade(row);
      if (found === null) continue;
      if (row.dataset.analyte === "H2O") assay.moisture = found;
      else results.push(found);
    }
  } catch (wrong) {
    return { error: "number", analyte: wrong.message };
  }
  if (results.length) assay.results = results;
  if (!results.length && !assay.moisture) return { error: "empty" };
  for (const name of ["laboratory", "certificate"]) {
    const text = form.querySelector(`[data-part=${name}]`).value.trim();
    if (text) assay[name] = text;
  }
  const nonce = hex(crypto.getRandomValues(new Uint8Array(32)));
  const { contract, party, scheme } = fixed;
  const text = JSON.stringify(sorted({ assay, contract, nonce, party, scheme }));
  const bytes = new TextEncoder().encode(`${scheme}\n${text}`);
  const hash = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  const name = `${fixed.lot}-${fixed.role}-${hash.slice(0, 16)}.json`.replace(/[^\w.-]/g, "_");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
  return { hash, name };
};
