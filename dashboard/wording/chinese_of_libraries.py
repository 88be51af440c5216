"""What libraries say of themselves on a page, in Chinese: by their own English text, in the order of the alphabet."""

from __future__ import annotations

OF_PLOTLY = {
    "Autoscale": "自动缩放",
    "Box Select": "框选",
    "Double-click on legend to isolate one trace": "双击图例，只显示其中一项",
    "Double-click to zoom back out": "双击恢复原来的缩放",
    "Download plot": "下载图表",
    "Download plot as a PNG": "下载为 PNG 图片",
    "Image download succeeded": "图片已下载",
    "Lasso Select": "套索选择",
    "Pan": "平移",
    "Preparing image - this may take a few seconds": "正在生成图片，可能需要几秒",
    "Reset": "还原",
    "Reset axes": "还原坐标轴",
    "Sorry, there was a problem downloading your image!": "图片下载失败",
    "Zoom": "缩放",
    "Zoom in": "放大",
    "Zoom out": "缩小",
}
