//! Reading a playbook file.
