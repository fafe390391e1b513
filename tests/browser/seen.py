"""What can be seen of a page, as JavaScript for `evaluate`."""

# Number of the active cell
ACTIVE = "window.jupyterapp.shell.currentWidget.content.activeCellIndex"
# What an image shows now, whatever its address is: a page may decode it after it has the text
PIXELS = """async image => {
    await image.decode().catch(() => {});
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL();
}"""
# Whether a part of a notebook has the width of a window: JupyterLab follows it a little later
HAS_WIDTH = """(part, width) => {
    const { right } = part.getBoundingClientRect();
    return width - 100 < right && right <= width;
}"""
# Whether images have as many dots as the display
ARE_SHARP = """images => devicePixelRatio > 0 && images.every(image =>
    image.complete && image.naturalWidth === image.clientWidth * devicePixelRatio)"""
