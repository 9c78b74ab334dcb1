"""What a browser would send of a form on a page: its fields as they were shown, and as typed."""

from html.parser import HTMLParser


def forms_of(response):
    """The forms of a page that are sent by POST, each as (action, fields)."""
    reader = _Forms()
    reader.feed(bytes.decode(response.content))  # with the white space of texts
    return reader.forms


def fields_of(response, action, **having):
    """The fields of the form with this action, and of several the one that has these fields."""
    for target, fields in forms_of(response):
        if target == action and having.items() <= fields.items():
            return {name: text for name, text in fields.items() if name != "csrfmiddlewaretoken"}
    raise AssertionError(f"no form to {action} with {having}: {forms_of(response)}")


def opened(client, url, **typed):
    """What is sent of the form at this address after it was opened and typed into."""
    return fields_of(client.get(url), url) | typed


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.fields, self.name, self.select = [], None, None, None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form" and given.get("method") == "post":
            self.fields = {}
            self.forms.append((given.get("action"), self.fields))
        if self.fields is None:
            return
        name, kind = given.get("name"), given.get("type", "text")
        if tag == "input" and name and (kind not in {"checkbox", "radio"} or "checked" in given):
            self.fields[name] = given.get("value") or ("on" if kind == "checkbox" else "")
        if tag == "textarea" and name:
            self.name, self.fields[name] = name, ""
        if tag == "select":
            self.select = name
        if tag == "option" and self.select and "selected" in given:
            self.fields[self.select] = given["value"]

    def handle_data(self, data):
        if self.name:
            self.fields[self.name] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.name:
            text = self.fields[self.name].removeprefix("\n")
            self.fields[self.name] = text.replace("\r\n", "\n").replace("\n", "\r\n")
            self.name = None
        elif tag == "select":
            self.select = None
        elif tag == "form":
            self.fields = None
