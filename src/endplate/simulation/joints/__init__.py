"""The joints of a run, from tables to courses.

``mechanics`` builds one from the tables, ``pool`` holds those that a person's may be, ``course`` follows one
over time and ``document`` tells that; ``examined`` fits one to its record, ``kinetic_chain`` joins several.
"""
