"""What works on stacks, in the background process: many resources at the same time, resumed after a crash at any point.

What is about to be done is written down before, under whose operation; every change is made once under a name that follows from it
(`Calls`). A run that was killed is begun again from what is written: what was done answers as it did, the rest is done.
"""
