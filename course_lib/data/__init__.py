"""Data that the package reads. Each folder holds the data, its licence, and what makes it.

==============  =========================================  =====================================
digits          images of lessons 02 to 12                 read by ``datasets.digits``
text            the prose that lesson 10 learns            read by ``experiments.characters``
clip_rates      long runs of lesson 10                     read by ``experiments.clip_rates``
safeguards      long runs of lesson 09                     read by ``experiments.safeguards``
temporal_order  long runs of lesson 08                     read by ``datasets``
==============  =========================================  =====================================

In a checkout of the course, ``python -m course_lib.data.safeguards.make`` makes the data of
that folder anew. Nothing imports these scripts. To change a stored run, change its ``make.py``,
run it, build the lesson that reads it, and mend that lesson's claims.
"""
