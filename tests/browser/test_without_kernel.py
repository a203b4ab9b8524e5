"""Every stored widget on a page without JupyterLab, kernel and network."""

import base64
import gzip
import json

import pytest
from browser_checks import check_accessible, seen
from lesson_pages import LESSONS, read
from playwright.sync_api import expect

from tools.notebook_outputs import widget_states

STATES = {
    f"{path.stem}-{i}": state
    for path in LESSONS
    for i, state in enumerate(
        model["state"]
        for model in widget_states(read(path)).values()
        if "frame" in model["state"]
    )
}
# what anywidget hands to a widget, where there is no one to save to
SHOW = """async ([state, css]) => {
  const style = Object.assign(document.createElement("style"), { textContent: css });
  document.head.append(style);
  const { default: widget } = await import(
    "data:text/javascript;charset=utf-8," + encodeURIComponent(state._esm));
  window.handlers = {};
  window.asked = [];
  window.state = state;
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    on: (name, handler) => { window.handlers[name] = handler; },
    send: (content) => window.asked.push(content),
    save_changes() {}, off() {},
  };
  widget.render({ model, el: document.body.appendChild(document.createElement("main")) });
}"""


VIEWPORT = {"width": 900, "height": 700}
PATIENCE = 1500  # milliseconds for which `live.js` waits for Python


@pytest.fixture(scope="module")
def empty(page):
    """A page of the browser, one for all widgets."""
    page = page.context.browser.new_page(viewport=VIEWPORT)
    page.clock.install()  # it goes on, and can be put forward
    yield page
    page.close()


def show(page, state):
    page.goto("about:blank")  # in a page that is only written anew no pointer can be held
    page.set_content('<!doctype html><html lang="en"><title>A widget</title></html>')
    page.evaluate(SHOW, [state, state["_css"]])
    return page.locator(".course-live")


@pytest.fixture(scope="module", params=STATES.values(), ids=STATES)
def stored(request, empty):
    """A page of the browser that shows one stored widget, the widget, and its state."""
    return empty, show(empty, request.param), request.param


def sentences(state):
    table = json.loads(gzip.decompress(base64.b64decode(state["table"])))
    return {setting: sentence for setting, (_, _, sentence) in table.items()}


def places(state, values):
    return [c["options"].index(values[c["name"]]) for c in state["controls"]]


def test_both_ends_of_every_control_show_what_is_stored_for_them(stored):
    page, widget, state = stored
    words = widget.locator("figcaption")
    expected, start = sentences(state), places(state, state["frame"]["values"])
    height = widget.bounding_box()["height"]
    rows = widget.locator(".row").all()
    for i, (row, control) in enumerate(zip(rows, state["controls"], strict=True)):
        last = len(control["options"]) - 1
        for end in (last, 0, start[i]):
            if "step" in control:
                row.locator("input[type=range]").fill(str(end))
                assert (
                    float(row.locator("input[type=number]").input_value())
                    == control["options"][end]
                )
            else:
                row.locator("button").nth(end).click()
            setting = [*start[:i], end, *start[i + 1 :]]
            expect(words).to_have_text(expected[",".join(map(str, setting))])
            assert seen(widget)[2].endswith(words.text_content())
    assert widget.bounding_box()["height"] == height
    check_accessible(page)


def test_beyond_the_stored_states_it_is_said_that_a_kernel_is_needed(stored):
    page, widget, _ = stored
    words, field = widget.locator("figcaption"), widget.locator("input[type=number]").first
    start = field.input_value()
    field.fill(f"{start}.0012345" if "." not in start else f"{start}12345")
    page.clock.fast_forward(PATIENCE)
    expect(words).to_contain_text("takes a running kernel")
    field.fill(start)
    expect(words).not_to_contain_text("kernel")


def test_where_the_pointer_is_on_the_picture_two_controls_follow(stored):
    page, widget, state = stored
    handle = state["stills"][state["frame"]["still"]]["handle"]
    if handle is None:
        return
    options = {control["name"]: control["options"] for control in state["controls"]}
    names = [control["name"] for control in state["controls"]]
    left, top, width, height = handle["box"]
    stage = widget.locator(".stage").bounding_box()
    corner = stage["x"] + left, stage["y"] + top
    page.mouse.move(corner[0] + 0.5 * width, corner[1] + 0.5 * height)
    page.mouse.down()
    page.mouse.move(corner[0] + 0.75 * width, corner[1] + 0.25 * height)
    # held, beyond the axes' upper right corner; beyond the page a browser may drop it
    page.mouse.move(corner[0] + width + 5, corner[1] - 5)
    page.mouse.up()
    for name, end in ((handle["x"], -1), (handle["y"], -1)):
        field = widget.locator("input[type=number]").nth(names.index(name))
        at = [field.element_handle(), options[name][end]]
        page.wait_for_function("([field, value]) => Number(field.value) === value", arg=at)
    expect(widget.locator("figcaption")).to_contain_text("kernel")


@pytest.mark.parametrize("width", [400, 640])
def test_on_a_narrow_page_nothing_is_pushed_out_of_view(stored, width):
    page, widget, _ = stored
    page.set_viewport_size({"width": width, "height": 900})
    page.add_style_tag(content="body { margin: 8px }")
    for part in widget.locator("input, button, figure, .stage").all():
        box = part.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, part.evaluate(
            "e => e.outerHTML"
        )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size(VIEWPORT)


def test_no_control_has_a_title_and_each_has_a_name(stored):
    _, widget, _ = stored
    for part in widget.locator("input, button").all():
        assert part.get_attribute("title") is None
        name = part.evaluate("e => e.ariaLabel || e.labels?.[0]?.innerText || e.innerText")
        assert name.strip()


@pytest.fixture
def hand(empty):
    """A slider on a page that knows one state: (slider, page, name, options, place)."""
    state = next(iter(STATES.values())) | {"table": ""}
    widget = show(empty, json.loads(json.dumps(state)))
    (control,) = state["controls"]
    name, options = control["name"], control["options"]
    here = options.index(state["frame"]["values"][name])
    return widget.locator("input[type=range]"), empty, name, options, here


def asked(page):
    """Return what Python was asked for ahead since the last time: a list for each request."""
    return [content["ahead"] for content in page.evaluate("window.asked.splice(0)")]


def answer(page, settings, sentence):
    """Answer as Python does that was asked ahead; without a sentence, it failed."""
    states = [[setting, sentence and [0, [], sentence]] for setting in settings]
    page.evaluate("ahead => window.handlers['msg:custom']({ ahead })", states)


def step(slider, at):
    """Move the slider; return the words that stand there at once, and Python's last request."""
    told = "[document.querySelector('figcaption').textContent, window.state.request.n]"
    move = f"(e, at) => {{ e.value = at; e.dispatchEvent(new Event('input')); return {told}; }}"
    return slider.evaluate(move, at)


def test_settings_beside_the_present_one_are_fetched_and_drawn_without_asking(hand):
    slider, page, name, options, here = hand
    slider.focus()
    (first,) = asked(page)
    by_distance = sorted(options, key=lambda option: abs(options.index(option) - here))
    wanted = [{name: option} for option in by_distance[1:]]
    assert first == wanted[: len(first)] and len(first) > 7
    answer(page, first[:2], "ahead")  # there was no time for more
    assert asked(page)[0][0] == wanted[2]
    assert step(slider, here + 1) == ["ahead", 0]
    page.wait_for_function("window.state.request.n === 1")  # Python is told when it rests
    assert step(slider, here + 2)[1] == 2  # Python is asked


def test_a_setting_of_which_no_picture_can_be_made_is_not_asked_for_ahead_again(hand):
    slider, page, _, options, _ = hand
    slider.focus()
    (first,) = asked(page)
    answer(page, first[:1], None)
    (again,) = asked(page)
    assert first[0] not in again and first[1] in again
    assert step(slider, options.index(first[0]["number"]))[1] == 1  # Python says the error


def test_settings_where_a_hand_moves_to_are_fetched_first_and_no_more_than_it_needs(hand):
    slider, page, name, options, here = hand
    slider.focus()
    (first,) = asked(page)
    answer(page, first[:2], "beside")
    asked(page)
    slider.press("ArrowRight")
    answer(page, [], "")  # Python had time for none
    (request,) = asked(page)
    assert request[0] == {name: options[here + 2]}
    answer(page, [{name: option} for option in options], "everywhere")
    assert asked(page) == []
