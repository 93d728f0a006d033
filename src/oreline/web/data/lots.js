// The table of lots: rows come from the API page by page, never all of them.
// Rows are fetched by offset within one sort and filter; the server sorts, filters and searches.
window.orelineLots = (base, words) => ({
  getRows(ask) {
    const query = new URLSearchParams(base);
    query.set("at", ask.startRow);
    query.set("limit", ask.endRow - ask.startRow);
    const [sort] = ask.sortModel;
    if (sort) {
      query.set("sort", sort.colId);
      query.set("order", sort.sort);
    }
    fetch(`/api/v1/lots?${query}`, { headers: { Accept: "application/json" } })
      .then((answer) => answer.json())
      .then((answer) => {
        if (!answer.ok) throw new Error(answer.detail || words.failed);
        ask.successCallback(answer.result.items, answer.result.total);
        document.getElementById("lots-empty")?.toggleAttribute("hidden", answer.result.total > 0);
        document.getElementById("lots-table")?.toggleAttribute("hidden", answer.result.total === 0);
        const count = document.getElementById("lot-count");
        if (count) count.textContent = words.count.replace("{n}", answer.result.total.toLocaleString("en"));
      })
      .catch((error) => {
        ask.failCallback();
        const count = document.getElementById("lot-count");
        if (count) count.textContent = error.message || words.failed;
      });
  },
});

const shorter = (text) => {
  const [whole, part = ""] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return part ? `${grouped}.${part.slice(0, 1)}` : grouped;
};

// A mass as the answers give it: bounds, or UNKNOWN; never a bare zero for what nobody knows.
window.orelineMass = (cell) => {
  const mass = cell.value;
  if (!mass) return "";
  if (mass.low === null && mass.high === null) return "UNKNOWN";
  const low = mass.low === null ? "0" : shorter(mass.low);
  if (mass.high === null) return `at least ${low}`;
  const high = shorter(mass.high);
  return low === high ? low : `${low} to ${high}`;
};

window.orelineLotLink = (cell) => {
  if (!cell.value) return "";
  const link = document.createElement("a");
  link.href = `/lots/${cell.value.split("/").map(encodeURIComponent).join("/")}`;
  link.textContent = cell.value;
  return link;
};

window.orelineUnknown = (cell) => (cell.data === undefined ? "" : cell.value || "not stated");
window.orelineDay = (cell) => (cell.value ? cell.value.slice(0, 10) : "");
