module sui::transfer;

public fun transfer<T: key>(obj: T, recipient: address) { transfer_impl(obj, recipient) }

public(package) native fun transfer_impl<T: key>(obj: T, recipient: address);
