// A picture as a PNG, drawn by the browser itself from the SVG that the button's address gives.
(() => {
  const SCALE = 2;
  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const draw = async (button) => {
    const answer = await fetch(button.dataset.png);
    if (!answer.ok) throw new Error(`${answer.status}`);
    const picture = new Image();
    const address = URL.createObjectURL(await answer.blob());
    picture.src = address;
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = picture.naturalWidth * SCALE;
    canvas.height = picture.naturalHeight * SCALE;
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(address);
    canvas.toBlob((blob) => save(blob, button.dataset.name), "image/png");
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-png]");
    if (button) draw(button);
  });
})();
