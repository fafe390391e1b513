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
