"""Names of the languages that common names come in, by their ISO 639-1 codes."""

from __future__ import annotations

LANGUAGES = {
    "af": "Afrikaans", "ar": "Arabic", "as": "Assamese", "bg": "Bulgarian", "bn": "Bengali", "bo": "Tibetan",
    "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fo": "Faroese", "fr": "French", "ga": "Irish", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "is": "Icelandic", "it": "Italian", "iu": "Inuktitut",
    "ja": "Japanese", "lt": "Lithuanian", "lv": "Latvian", "mg": "Malagasy", "ms": "Malay", "mt": "Maltese",
    "ne": "Nepali", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sv": "Swedish", "sw": "Swahili",
    "th": "Thai", "tr": "Turkish", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}


def language_name(code: str) -> str:
    """The English name of a language; its code in capitals where we have none."""
    return LANGUAGES.get(code, code.upper())
