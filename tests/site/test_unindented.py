"""Templates lose their indentation where they are loaded, and nothing that a browser shows."""

from django.template import engines

from registry_site.texts.unindented import without_indentation

PAGE = """<ul>
    <li
      class="a">one</li>
  {% if x %}
    <li>two
      lines</li>
  {% endif %}
</ul>
<pre>
    stays
      as it is</pre>
  <textarea rows="2">
  {{ text }}
    too</textarea>
  <p>end</p>"""


def test_lines_begin_without_space_but_where_it_is_shown():
    assert without_indentation(PAGE) == (
        '<ul>\n<li\nclass="a">one</li>\n{% if x %}\n<li>two\nlines</li>\n{% endif %}\n</ul>\n'
        "<pre>\n    stays\n      as it is</pre>\n"
        '<textarea rows="2">\n  {{ text }}\n    too</textarea>\n<p>end</p>'
    )


def test_pages_are_sent_so():
    template = engines["django"].get_template("registries/home/home.html").template
    assert "\n " not in template.source
    assert template.source.count("\n") > 20
