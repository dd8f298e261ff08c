"""The functions of a module that python-pkcs11 has not, or not for several threads: to initialise, to finalise, to make a token.

python-pkcs11 initialises a module for one thread alone (`C_Initialize` without arguments); used by two, modules may then crash.
Source: OASIS PKCS #11 Specification 3.1, 3.6 and 5.4.
"""

from __future__ import annotations

import ctypes

_OS_LOCKING_OK = 0x2
"""CKF_OS_LOCKING_OK: the module may use the system's locks."""
CANT_LOCK = 0x0A
ALREADY_INITIALIZED = 0x191
_LABEL_BYTES = 32


class _InitializeArguments(ctypes.Structure):
    _fields_ = (
        ("create_mutex", ctypes.c_void_p),
        ("destroy_mutex", ctypes.c_void_p),
        ("lock_mutex", ctypes.c_void_p),
        ("unlock_mutex", ctypes.c_void_p),
        ("flags", ctypes.c_ulong),
        ("reserved", ctypes.c_void_p),
    )


class _FunctionList(ctypes.Structure):
    """The first ten of `CK_FUNCTION_LIST`."""

    _fields_ = (
        ("version", ctypes.c_ubyte * 2),
        ("initialize", ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p)),
        ("finalize", ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p)),
        ("others", ctypes.c_void_p * 7),
        (
            "init_token",
            ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p),
        ),
    )


class Functions:
    """The functions of a module that is loaded."""

    def __init__(self, path: str) -> None:
        """Raises `OSError` where it is no module."""
        module = ctypes.CDLL(path)
        lists = [ctypes.POINTER(_FunctionList)() for _ in range(2)]
        try:
            codes = [module.C_GetFunctionList(ctypes.byref(one)) for one in lists]
        except AttributeError:
            codes = [1]
        if any(codes) or not lists[0]:
            raise OSError(f"{path} is no PKCS#11 module")
        self._list = lists[0].contents
        self.is_one = ctypes.addressof(lists[0].contents) == ctypes.addressof(lists[1].contents)
        """Whether all who load the module share it; p11-kit's client gives each a module of its own."""

    def initialize(self, *, many_threads: bool) -> int:
        """`C_Initialize`, for many threads or for one at a time; gives the module's code, 0 where it went well."""
        if not many_threads:
            return int(self._list.initialize(None))
        arguments = _InitializeArguments(flags=_OS_LOCKING_OK)
        return int(self._list.initialize(ctypes.byref(arguments)))

    def finalize(self) -> int:
        """`C_Finalize`."""
        return int(self._list.finalize(None))

    def init_token(self, slot: int, so_pin: str, label: str) -> int:
        """`C_InitToken`: make a token in a slot, or wipe the one that is there."""
        pin = so_pin.encode()
        return int(self._list.init_token(slot, pin, len(pin), label.encode().ljust(_LABEL_BYTES)))
