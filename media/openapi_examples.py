"""Example of an image in OpenAPI."""

STEM = "https://pictures.example/images/2026/11/0f8e2a54c3b1d6978f0e2a54c3b1d697"
IMAGE_URLS = {"thumb": f"{STEM}.thumb.webp", "feed": f"{STEM}.feed.webp", "full": f"{STEM}.full.jpg"}
IMAGE = {
    "id": "7311866251477352448",
    "width": 2048,
    "height": 1536,
    "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
    "alt": "Two cups of tea on a window sill",
    "urls": IMAGE_URLS,
}
