"""What can be seen of a page, as JavaScript for `evaluate`."""

# Number of the active cell
ACTIVE = "window.jupyterapp.shell.currentWidget.content.activeCellIndex"
# What an image shows now, whatever its address is
PIXELS = """image => {
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
