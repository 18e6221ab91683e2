"""Darkroom in real terminals: it is driven by keys, and what the screen then shows is compared.

`make test-terminals` runs it; it needs a kit with terminals on an invisible display and is no part of
`make test`. Only its tests are: they prove, on screenshots that are made up, that a wrong picture is told
from the right one.

    ways       which terminals, in which ways
    kit        runs one program in one terminal, presses keys, takes screenshots
    home       the pictures that are shown
    grid       where the cells are in a screenshot
    layout     where the program puts a picture, in cells
    script     the steps: what is pressed, and what has to be seen then
    second     a second terminal that shows the same tmux
    judge      the comparison of a part of a screenshot with a picture
    verdict    what a screenshot has to show at a step, and does
    matrix     all of it, several terminals at once
    report     the table
"""
